import { ERRORS, type ErrorEntry } from '../contracts/errors.js';

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The page that the `type` of every problem points into. */
export function renderErrorPage(): string {
  const sections = Object.entries(ERRORS).map(([code, entry]: [string, ErrorEntry]) =>
    [
      `<section id="${escapeHtml(code)}">`,
      `<h2><code>${escapeHtml(code)}</code> <small>${entry.status}, ${escapeHtml(entry.kind)}</small></h2>`,
      `<p>${escapeHtml(entry.title)}.</p>`,
      `<p>${escapeHtml(entry.wayOut)}</p>`,
      '</section>',
    ].join('\n'),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Quaestor errors</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
small { font-weight: normal; }
section:target { outline: 2px solid; outline-offset: 0.5rem; }
</style>
</head>
<body>
<h1>Errors</h1>
<p>Every problem document names one of these codes. They are stable.</p>
${sections.join('\n')}
</body>
</html>
`;
}
