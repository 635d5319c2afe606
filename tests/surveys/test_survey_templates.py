import pytest

from surveys.answers import visible_pages
from surveys.lint import lint_definition
from surveys.modes import Mode
from surveys.questionnaire import LANGUAGES
from surveys.survey_templates import SurveyTemplate, read_template
from surveys.translations_check import missing_translations


@pytest.mark.parametrize("template", SurveyTemplate)
def test_template_can_be_launched_as_it_is(template: SurveyTemplate) -> None:
    definition = read_template(template)
    assert definition.languages == LANGUAGES
    assert missing_translations(definition) == ()
    assert lint_definition(definition, Mode.ANONYMOUS, 500) == ()
    assert len(definition.answered_questions) >= 7
    assert any(question.show_if for question in definition.questions)
    shown = visible_pages(definition, {})
    assert (
        0 < sum(len(page.questions) for page in shown) < len(list(definition.questions))
    )
    assert definition.intro.en
    assert definition.thanks.nn
