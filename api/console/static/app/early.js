// Runs before the first paint, so that what only works with scripts is shown at once and not after a jump.
document.documentElement.classList.add("js");
