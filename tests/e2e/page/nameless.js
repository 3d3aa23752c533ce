// The visible controls and pictures that have no name for a screen reader.
() =>
  [...document.querySelectorAll("button, a[href], input, select, textarea, dialog, img")]
    .filter((element) => element.checkVisibility())
    .filter((element) => {
      const labelledBy = document.getElementById(element.getAttribute("aria-labelledby") ?? "");
      const own = element.getAttribute("aria-label") || element.getAttribute("alt") || element.textContent.trim();
      return !(own || element.labels?.length || labelledBy);
    })
    .map((element) => `${element.tagName} ${element.className}`)
