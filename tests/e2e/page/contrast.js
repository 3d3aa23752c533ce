// The visible texts whose contrast with what lies behind them is below 4.5 to 1, as WCAG 2 computes it.
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const read = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = (top, under) => under.map((part, index) => top[index] * top[3] + part * (1 - top[3]));
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) layers.unshift(each);
    return layers.reduce((under, each) => over(read(getComputedStyle(each).backgroundColor), under), [255, 255, 255]);
  };
  const exempt = ":disabled, [aria-disabled], .spoiler, .visually-hidden";
  const faint = [];
  for (const element of document.querySelectorAll("#app *")) {
    const speaks = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!speaks || !element.checkVisibility({ visibilityProperty: true }) || element.closest(exempt)) continue;
    const ground = groundOf(element);
    const front = luminance(over(read(getComputedStyle(element).color), ground));
    const back = luminance(ground);
    const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${element.className} ${element.textContent.slice(0, 30)}`);
  }
  return faint;
}
