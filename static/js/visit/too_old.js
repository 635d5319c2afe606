// Only browsers that know no modules run this: they cannot vote, and are told so.

document.getElementById("too-old").hidden = false;
