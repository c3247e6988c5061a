import type { Association, DatasetProfile, Finding } from '../../../contracts/dataset-profile.js';
import { escapeHtml } from './escape-html.js';
import { formatFigure } from './format-figure.js';
import { PAGE_STYLE } from './page-style.js';
import { holdsPersonalData, renderColumn } from './render-column.js';

/** Columns shown in full; the page of a file with thousands would not open. */
const MOST_COLUMNS = 500;
const MOST_FINDINGS = 300;

/**
 * The profile as one HTML page that needs nothing else: no scripts, styles inside, charts as SVG; the policy in it forbids the rest.
 * `columnCount` is that of the file, where `profile` has only the first of them.
 */
export function renderProfilePage(
  profile: DatasetProfile,
  title: string,
  columnCount = profile.columns.length,
): string {
  const warnings = profile.findings.filter(({ level }) => level === 'warning');
  const notices = profile.findings.filter(({ level }) => level === 'notice');
  const tiles = [
    ['rows', profile.rows],
    ['columns', columnCount],
    ['warnings', warnings.length],
    ['duplicate rows', profile.duplicateRows],
  ] as const;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<div class="tiles">${tiles.map(([name, value]) => `<div><b>${formatFigure(value)}</b>${name}</div>`).join('')}</div>
<h2>Warnings</h2>
${warnings.length > 0 ? findingList(warnings, profile) : '<p class="quiet">None.</p>'}
${notices.length > 0 ? `<details><summary>${formatFigure(notices.length)} notices</summary>${findingList(notices, profile)}</details>` : ''}
<h2>Columns</h2>
<div class="columns">${profile.columns
    .slice(0, MOST_COLUMNS)
    .map((column) =>
      renderColumn(
        column,
        profile.findings.filter((finding) => finding.column === column.name),
      ),
    )
    .join('\n')}</div>
${columnCount > MOST_COLUMNS ? `<p class="quiet">The first ${MOST_COLUMNS} of ${formatFigure(columnCount)} columns are shown.</p>` : ''}
${associationTable(profile.associations)}
${keysAndDependencies(profile)}
</main>
</body>
</html>
`;
}

function findingList(findings: readonly Finding[], { columns, findings: all }: DatasetProfile): string {
  const places = new Map(columns.map(({ name, index }) => [name, index]));
  const personal = new Set(
    columns.filter((column) => holdsPersonalData(column, all)).map(({ name }) => name),
  );
  const items = findings.slice(0, MOST_FINDINGS).map(({ level, kind, column, message, rows, examples }) => {
    const place = column === undefined ? undefined : places.get(column);
    const where = column === undefined ? 'the file' : `<a href="#column-${place}">${escapeHtml(column)}</a>`;
    const shown = examples && !(column !== undefined && personal.has(column)) ? examples : [];
    const more = [
      ...(rows && rows.length > 0 ? [`rows ${rows.join(', ')}`] : []),
      ...(shown.length > 0 ? [shown.map((example) => `“${example.slice(0, 80)}”`).join(', ')] : []),
    ].join('; ');
    return `<li class="${level}"><span class="kind">${escapeHtml(kind)}</span><span class="where">${where}</span><span class="what">${escapeHtml(message.length > 300 ? `${message.slice(0, 299)}…` : message)}${more ? ` <small>${escapeHtml(more)}</small>` : ''}</span></li>`;
  });
  return `<ul class="findings">${items.join('')}</ul>`;
}

const MOST_ASSOCIATIONS = 25;
const MEASURES: Record<Association['measure'], string> = {
  pearson: 'Pearson',
  spearman: 'Spearman',
  'cramers-v': 'Cramér’s V',
  'correlation-ratio': 'correlation ratio',
};

function associationTable(associations: readonly Association[]): string {
  if (associations.length === 0) return '';
  const rows = associations.slice(0, MOST_ASSOCIATIONS).map(({ left, right, measure, value }) => {
    const width = (Math.abs(value) * 100).toFixed(1);
    return `<tr><td>${escapeHtml(left)}</td><td>${escapeHtml(right)}</td><td>${MEASURES[measure]}</td><td class="strength"><span class="bar${value < 0 ? ' negative' : ''}"><i style="width:${width}%"></i></span>${value.toFixed(2)}</td></tr>`;
  });
  return `<h2>Associations</h2><table><thead><tr><th>Column</th><th>with</th><th>Measure</th><th>Strength</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function keysAndDependencies({ candidateKeys, dependencies }: DatasetProfile): string {
  const keys = candidateKeys.map((key) => `<li>${escapeHtml(key.join(' + '))}</li>`);
  const decided = dependencies.map(
    ({ determinant, dependent }) =>
      `<li>${escapeHtml(determinant.join(' + '))} → ${escapeHtml(dependent)}</li>`,
  );
  return [
    keys.length > 0 ? `<h2>Candidate keys</h2><ul class="plain">${keys.join('')}</ul>` : '',
    decided.length > 0 ? `<h2>Dependencies</h2><ul class="plain">${decided.slice(0, 60).join('')}</ul>` : '',
  ].join('\n');
}
