/**
 * What dbt knows about tables, read from a `manifest.json` or a `schema.yml` (already parsed). Both say the same things in different
 * shapes; unknown parts are passed over, as each dbt version has others.
 */
export interface DbtTable {
  schemaName: string | undefined;
  tableName: string;
  description: string;
  synonyms: string[];
  columns: { name: string; description: string; synonyms: string[] }[];
  /** Of `relationships` tests; the other side by name. */
  relationships: { column: string; toSchema: string | undefined; toTable: string; toColumn: string }[];
}

export interface DbtMetric {
  name: string;
  description: string;
  /** Undefined where the metric is defined by others, which has no SQL of its own. */
  expression: string | undefined;
  tables: { schemaName: string | undefined; tableName: string }[];
}

export interface DbtDocument {
  tables: DbtTable[];
  metrics: DbtMetric[];
}

type Dict = Record<string, unknown>;
const dict = (value: unknown): Dict =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Dict) : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : Object.values(dict(value)));
const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
const optional = (value: unknown): string | undefined => text(value) || undefined;
/** A description in another file cannot be looked up in `schema.yml`. */
const prose = (value: unknown): string => (text(value).includes('{{') ? '' : text(value));
const synonymsOf = (node: Dict): string[] =>
  list(dict(node['meta'])['synonyms'] ?? dict(dict(node['config'])['meta'])['synonyms'])
    .map(text)
    .filter(Boolean);

/** The name in `ref('orders')`, `ref('package', 'orders')`, `source('raw', 'orders')`. */
function refOf(value: unknown): { schemaName: string | undefined; tableName: string } | undefined {
  const call = /\b(ref|source)\(\s*(?:['"]([^'"]+)['"]\s*,\s*)?['"]([^'"]+)['"]/.exec(text(value));
  if (!call) return undefined;
  return { schemaName: call[1] === 'source' ? call[2] : undefined, tableName: call[3]! };
}

/** @returns undefined when it is neither. */
export function readDbt(document: unknown): DbtDocument | undefined {
  const root = dict(document);
  if ('nodes' in root || ('sources' in root && !Array.isArray(root['sources']))) return readManifest(root);
  const known = ['models', 'sources', 'seeds', 'snapshots', 'metrics', 'semantic_models'];
  return known.some((part) => Array.isArray(root[part])) ? readSchemaYml(root) : undefined;
}

function readManifest(root: Dict): DbtDocument {
  const nodes = { ...dict(root['nodes']), ...dict(root['sources']) };
  const tables = new Map<string, DbtTable>();
  for (const [id, value] of Object.entries(nodes)) {
    const node = dict(value);
    if (!['model', 'seed', 'snapshot', 'source'].includes(text(node['resource_type']))) continue;
    tables.set(id, {
      schemaName: optional(node['schema']),
      tableName: optional(node['identifier']) ?? optional(node['alias']) ?? text(node['name']),
      description: prose(node['description']),
      synonyms: synonymsOf(node),
      columns: list(node['columns']).map(dict).map(toColumn),
      relationships: [],
    });
  }
  for (const value of Object.values(nodes)) {
    const node = dict(value);
    const test = dict(node['test_metadata']);
    if (text(test['name']) !== 'relationships') continue;
    const args = dict(test['kwargs']);
    const parents = list(dict(node['depends_on'])['nodes']).map(text);
    const fromId = optional(node['attached_node']) ?? parents.at(-1) ?? '';
    const to = tables.get(parents.find((id) => id !== fromId) ?? fromId);
    const column = optional(node['column_name']) ?? text(args['column_name']);
    const toColumn = text(args['field']);
    if (to && column && toColumn)
      tables
        .get(fromId)
        ?.relationships.push({ column, toSchema: to.schemaName, toTable: to.tableName, toColumn });
  }
  const measures = new Map<string, DbtMetric>();
  for (const value of list(root['semantic_models'])) {
    const relation = dict(dict(value)['node_relation']);
    const table = { schemaName: optional(relation['schema_name']), tableName: text(relation['alias']) };
    addMeasures(measures, dict(value), table);
  }
  const byId = (id: string) => {
    const table = tables.get(id);
    return table ? [{ schemaName: table.schemaName, tableName: table.tableName }] : [];
  };
  const metrics = list(root['metrics']).map((value) => {
    const metric = dict(value);
    const parents = list(dict(metric['depends_on'])['nodes']).map(text);
    return toMetric(metric, measures, parents.flatMap(byId));
  });
  return { tables: [...tables.values()], metrics };
}

function readSchemaYml(root: Dict): DbtDocument {
  const models = ['models', 'seeds', 'snapshots'].flatMap((part) => list(root[part]).map(dict));
  const tables = models.map((model) => toTable(model, undefined, optional(dict(model['config'])['alias'])));
  for (const source of list(root['sources']).map(dict)) {
    const schemaName = optional(source['schema']) ?? optional(source['name']);
    for (const table of list(source['tables']).map(dict))
      tables.push(toTable(table, schemaName, optional(table['identifier'])));
  }
  const measures = new Map<string, DbtMetric>();
  for (const model of list(root['semantic_models']).map(dict)) {
    const table = refOf(model['model']);
    if (table) addMeasures(measures, model, table);
  }
  const metrics = list(root['metrics']).map((value) => {
    const model = refOf(dict(value)['model']);
    return toMetric(dict(value), measures, model ? [model] : []);
  });
  return { tables, metrics };
}

function toTable(node: Dict, schemaName: string | undefined, alias: string | undefined): DbtTable {
  const columns = list(node['columns']).map(dict);
  return {
    schemaName,
    tableName: alias ?? text(node['name']),
    description: prose(node['description']),
    synonyms: synonymsOf(node),
    columns: columns.map(toColumn),
    relationships: columns.flatMap((column) =>
      [...list(column['tests']), ...list(column['data_tests'])].flatMap((test) => {
        const given = dict(dict(test)['relationships']);
        // Newer versions put the arguments of a test one level deeper.
        const args = { ...given, ...dict(given['arguments']) };
        const to = refOf(args['to']);
        const toColumn = text(args['field']);
        if (!to || !toColumn) return [];
        return [{ column: text(column['name']), toSchema: to.schemaName, toTable: to.tableName, toColumn }];
      }),
    ),
  };
}

const toColumn = (column: Dict) => ({
  name: text(column['name']),
  description: prose(column['description']),
  synonyms: synonymsOf(column),
});

const AGGREGATES: Record<string, (expression: string) => string> = {
  sum: (expression) => `sum(${expression})`,
  average: (expression) => `avg(${expression})`,
  avg: (expression) => `avg(${expression})`,
  min: (expression) => `min(${expression})`,
  max: (expression) => `max(${expression})`,
  count: (expression) => `count(${expression})`,
  count_distinct: (expression) => `count(DISTINCT ${expression})`,
  sum_boolean: (expression) => `count(*) FILTER (WHERE ${expression})`,
  median: (expression) => `percentile_cont(0.5) WITHIN GROUP (ORDER BY ${expression})`,
};

function addMeasures(
  measures: Map<string, DbtMetric>,
  model: Dict,
  table: DbtMetric['tables'][number],
): void {
  for (const measure of list(model['measures']).map(dict)) {
    const name = text(measure['name']);
    const expression = AGGREGATES[text(measure['agg'])]?.(optional(measure['expr']) ?? name);
    measures.set(name, { name, description: prose(measure['description']), expression, tables: [table] });
  }
}

function toMetric(
  metric: Dict,
  measures: ReadonlyMap<string, DbtMetric>,
  tables: DbtMetric['tables'],
): DbtMetric {
  const label = optional(metric['label']);
  const name = label ?? text(metric['name']);
  const description = prose(metric['description']);
  // Until dbt 1.5 a metric had its own model, method and expression; since then it names a measure.
  const method = optional(metric['calculation_method']);
  if (method !== undefined)
    return { name, description, expression: AGGREGATES[method]?.(text(metric['expression'])), tables };
  const params = dict(metric['type_params']);
  const simple = params['measure'];
  const measure = measures.get(text(dict(simple)['name']) || text(simple));
  const isSimple = text(metric['type']) === 'simple' && metric['filter'] == null;
  return {
    name,
    description: description || (measure?.description ?? ''),
    expression: isSimple ? measure?.expression : undefined,
    tables: measure?.tables ?? tables,
  };
}
