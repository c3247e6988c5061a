/** DuckDB's names: an object a line, one array of objects, objects one after the other. */
export type JsonLayout = 'newline_delimited' | 'array' | 'unstructured';

/**
 * How JSON objects stand in a text; undefined where they do not.
 * @param head the beginning of the file, or all of it
 */
export function jsonLayout(head: string, isWhole: boolean): JsonLayout | undefined {
  const start = head.slice(0, 1_000);
  if (/^\s*\[\s*(?:\{\s*["}]|$)/.test(start)) return 'array';
  if (!/^\s*\{\s*(?:"|$)/.test(start)) return undefined;
  if (areJsonLines(head)) return 'newline_delimited';
  if (isWhole && isJson(head)) return 'unstructured';
  return layoutOfObjects(head);
}

function areJsonLines(text: string): boolean {
  const lines = text.split('\n', 4);
  const whole = lines.length > 1 ? lines.slice(0, Math.min(3, lines.length - 1)) : lines;
  return whole.every((line) => line.trim() === '' || isJson(line));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Objects of which the text holds no whole line or no whole object: told by what stands between their strings. */
function layoutOfObjects(text: string): JsonLayout | undefined {
  const bare = text.replaceAll(/"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|\\?$)/g, '""').replace(/[a-z]*$/, '');
  if (bare.replaceAll(/true|false|null|[\s{}[\],:"\d.eE+-]+/g, '') !== '') return undefined;
  let depth = 0;
  let goesOverLines = false;
  for (const mark of bare) {
    if (mark === '{' || mark === '[') {
      if (depth === 0 && mark === '[') return undefined;
      depth += 1;
    } else if (depth === 0) {
      if (mark.trim() !== '') return undefined;
    } else if (mark === '}' || mark === ']') depth -= 1;
    else if (mark === '\n') goesOverLines = true;
  }
  return goesOverLines ? 'unstructured' : 'newline_delimited';
}
