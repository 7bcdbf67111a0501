// Cards of different height in columns without holes, while the document keeps its reading order:
// the grid has rows of 4 pixels, and each card spans as many as it is high.

const ROW = 4;
const GAP = 22;

const observer = new ResizeObserver((changes) => {
  for (const { target } of changes) fit(target);
});

function fit(content) {
  const rows = Math.ceil((content.offsetHeight + GAP) / ROW);
  content.parentElement?.style.setProperty("grid-row-end", `span ${rows}`);
}

export function lay(content) {
  fit(content);
  observer.observe(content);
}

export const lift = (content) => observer.unobserve(content);
