import copy
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from infra import config, secret_values
from infra.clock import OFFSET_FILE, SystemClock, clock_for
from infra.config import load_settings
from infra.secret_values import SECRET_NAMES, Secret, development_secrets, setting_name
from infra.sides import SIDES, Side

Environ = dict[str, str]


@pytest.fixture
def production(tmp_path: Path) -> Environ:
    secrets = {
        setting_name(side, name): os.urandom(32).hex()
        for side in SIDES
        for name in SECRET_NAMES
    }
    return {
        **secrets,
        "URNE_DATA_DIR": str(tmp_path),
        "URNE_SERVICE_URL": "https://valg.forbundet.example",
        "URNE_SMTP_HOST": "smtp.forbundet.example",
        "URNE_MAIL_FROM": "valg@forbundet.example",
        "URNE_DATA_PROTECTION_OFFICER": "personvern@forbundet.example",
    }


def test_an_empty_environment_is_production_and_does_not_start() -> None:
    with pytest.raises(config.SettingMissing, match="URNE_DATA_DIR"):
        load_settings({})


def test_production_starts_when_all_is_given(production: Environ) -> None:
    settings = load_settings(production)
    assert settings.in_production
    assert settings.register_url == "https://valg.forbundet.example"
    assert settings.smtp.tls == "starttls"
    assert settings.batch_size == 20
    assert not (settings.data_dir / "secrets").exists()
    (settings.data_dir / OFFSET_FILE).write_text("100000")
    assert isinstance(clock_for(settings), SystemClock)


@pytest.mark.parametrize("name", SECRET_NAMES)
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        pytest.param(lambda _: None, secret_values.SecretMissing, id="absent"),
        pytest.param(lambda _: "", secret_values.SecretMissing, id="empty"),
        pytest.param(lambda v: v[:62], secret_values.SecretMalformed, id="short"),
        pytest.param(lambda v: v + "00", secret_values.SecretMalformed, id="long"),
        pytest.param(lambda _: "changeme", secret_values.SecretMalformed, id="word"),
        pytest.param(lambda _: "00" * 32, secret_values.SecretGuessable, id="zeros"),
        pytest.param(
            lambda _: "deadbeef" * 8, secret_values.SecretGuessable, id="repeated"
        ),
        pytest.param(
            lambda _: bytes(range(32)).hex(),
            secret_values.SecretGuessable,
            id="counted",
        ),
    ],
)
def test_production_refuses_a_poor_secret(
    production: Environ,
    side: Side,
    name: str,
    spoil: Callable[[str], str | None],
    refusal: type[Exception],
) -> None:
    setting = setting_name(side, name)
    value = spoil(production.pop(setting))
    if value is not None:
        production[setting] = value
    with pytest.raises(refusal, match=setting) as caught:
        load_settings(production)
    assert not value or value not in str(caught.value)


def test_production_refuses_one_secret_for_two_purposes(production: Environ) -> None:
    production["URNE_SERVICE_SECRET_KEY"] = production["URNE_REGISTER_SIGNING_SEED"]
    with pytest.raises(secret_values.SecretReused):
        load_settings(production)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"URNE_SMTP_TLS": "none"}, config.MailWithoutTls),
        ({"URNE_CLOCK_OFFSET": "60"}, config.ClockMoved),
        ({"URNE_BATCH_SIZE": "19"}, config.BatchTooSmall),
        ({"URNE_MAIL_SINK_DIR": "/tmp/sink"}, config.MailSinkInProduction),  # noqa: S108
        ({"URNE_RETENTION_SECONDS": "5"}, config.RetentionOverridden),
        ({"URNE_SERVICE_URL": "http://valg.example"}, config.PlainHttp),
        ({"URNE_REGISTER_URL": "http://manntall.example"}, config.PlainHttp),
        ({"URNE_SERVICE_URL": ""}, config.SettingMissing),
        ({"URNE_SMTP_HOST": ""}, config.SettingMissing),
        ({"URNE_MAIL_FROM": ""}, config.SettingMissing),
        ({"URNE_DATA_PROTECTION_OFFICER": ""}, config.SettingMissing),
        ({"URNE_DATA_PROTECTION_OFFICER": "ombudet"}, config.SettingMalformed),
        ({"URNE_DATA_PROTECTION_OFFICER": "a@b.no, c@d.no"}, config.SettingMalformed),
        (
            {"URNE_SMS_URL": "http://sms.example/", "URNE_SMS_TOKEN": "t" * 20},
            config.PlainHttp,
        ),
    ],
)
def test_production_refuses_what_is_unsafe(
    production: Environ, change: Environ, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal, match=next(iter(change))):
        load_settings(production | change)


@pytest.mark.parametrize(
    "change",
    [
        {"URNE_ENVIRONMENT": "staging"},
        {"URNE_SIDES": "neither"},
        {"URNE_SMTP_TLS": "maybe"},
        {"URNE_SMTP_PORT": "smtp"},
        {"URNE_BATCH_SIZE": "0"},
        {"URNE_ACCEPT_SHARED_CLUSTER": "1"},
        {"URNE_SERVICE_URL": "valg.example"},
        {"URNE_SERVICE_URL": "https://valg.example/path"},
        {"URNE_SERVICE_URL": "https://user@valg.example"},
    ],
)
def test_a_setting_that_cannot_be_read_is_refused(
    production: Environ, change: Environ
) -> None:
    with pytest.raises(config.SettingMalformed, match=next(iter(change))):
        load_settings(production | change)


def test_development_defaults_are_two_sqlite_files_and_two_redis_databases(
    tmp_path: Path,
) -> None:
    settings = load_settings(
        {
            "URNE_ENVIRONMENT": "development",
            "URNE_DATA_DIR": str(tmp_path),
            "REDIS_URL": "redis://127.0.0.1:7000",
        }
    )
    assert settings.database_url("register").endswith("/register.sqlite3")
    assert settings.database_url("service").endswith("/service.sqlite3")
    assert settings.redis_url("register") == "redis://127.0.0.1:7000/0"
    assert settings.redis_url("service") == "redis://127.0.0.1:7000/1"


def test_redis_on_a_socket_gets_two_databases(tmp_path: Path) -> None:
    settings = load_settings(
        {
            "URNE_ENVIRONMENT": "test",
            "URNE_DATA_DIR": str(tmp_path),
            "REDIS_URL": "unix:///run/valkey.sock",
        }
    )
    assert settings.redis_url("service") == "unix:///run/valkey.sock?db=1"


def test_development_secrets_stay_and_are_the_owners_alone(tmp_path: Path) -> None:
    folder = development_secrets(tmp_path)
    first = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert development_secrets(tmp_path) == folder
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == first
    assert len(set(first.values())) == len(first) == 6
    modes = {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert modes == {0o600}


def test_processes_that_start_together_agree_on_the_secrets(tmp_path: Path) -> None:
    environ = {"URNE_ENVIRONMENT": "test", "URNE_DATA_DIR": str(tmp_path)}
    with ThreadPoolExecutor(8) as pool:
        loaded = list(pool.map(lambda _: load_settings(environ), range(16)))
    keys = {settings.verify_key("register") for settings in loaded}
    assert len(keys) == 1


def test_one_side_alone_holds_nothing_of_the_other(production: Environ) -> None:
    for name in SECRET_NAMES:
        del production[setting_name("service", name)]
    key = SigningKey.generate().verify_key
    production |= {
        "URNE_SIDES": "register",
        "URNE_REGISTER_URL": "https://manntall.forbundet.example",
        "URNE_SERVICE_VERIFY_KEY": bytes(key).hex(),
    }
    settings = load_settings(production)
    assert settings.verify_key("service") == bytes(key)
    for ask in (settings.database_url, settings.redis_url, settings.secrets_of):
        with pytest.raises(config.SideNotServed):
            ask("service")


def test_one_side_alone_needs_the_others_public_key(production: Environ) -> None:
    production["URNE_SIDES"] = "register"
    with pytest.raises(config.SettingMissing, match="URNE_SERVICE_VERIFY_KEY"):
        load_settings(production)
    production["URNE_SERVICE_VERIFY_KEY"] = "abcd"
    with pytest.raises(secret_values.SecretMalformed):
        load_settings(production)


def test_secrets_come_from_files_and_from_systemd_credentials(
    production: Environ, tmp_path: Path
) -> None:
    wrapping = production.pop("URNE_REGISTER_WRAPPING_KEY")
    seed = production.pop("URNE_SERVICE_SIGNING_SEED")
    (tmp_path / "wrapping").write_text(wrapping + "\n")
    (tmp_path / "service-signing-seed").write_text(seed + "\n")
    production["URNE_REGISTER_WRAPPING_KEY_FILE"] = str(tmp_path / "wrapping")
    production["CREDENTIALS_DIRECTORY"] = str(tmp_path)
    settings = load_settings(production)
    assert settings.secrets["register"].wrapping_key.reveal().hex() == wrapping
    assert settings.secrets["service"].signing_seed.reveal().hex() == seed


def test_no_secret_shows_itself(production: Environ) -> None:
    production["URNE_SMTP_PASSWORD"] = "hemmelig-passord"
    production["REGISTER_DATABASE_URL"] = "postgresql://u:hemmelig-passord@db/r"
    settings = load_settings(production)
    shown = f"{settings!r} {settings} {settings.secrets} {settings.smtp.password}"
    assert "hemmelig" not in shown
    for side in SIDES:
        for name in SECRET_NAMES:
            value = production[setting_name(side, name)]
            assert value not in shown
            assert repr(bytes.fromhex(value)) not in shown


def test_a_secret_is_never_serialised() -> None:
    with pytest.raises(TypeError):
        copy.deepcopy(Secret(b"x"))
