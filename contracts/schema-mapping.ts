import type { JoinDecision, JoinEnds } from './schema-joins.js';

/**
 * The schema mapping of a data source: what people (or an import, or a model for review) say about its schema. Entries name tables
 * and columns by canonical name, so they survive every re-indexing; one whose table is gone is kept and does nothing until it is back.
 */
export const MAPPING_KINDS = [
  'synonym',
  'description',
  'metric',
  'example',
  'instruction',
  'pin',
  'exclude',
  'area',
] as const;
export type MappingKind = (typeof MAPPING_KINDS)[number];

/** Only `accepted` entries take part in anything; `generated` ones wait for a person, `rejected` ones are not proposed again. */
export const MAPPING_STATUSES = ['accepted', 'generated', 'rejected'] as const;
export type MappingStatus = (typeof MAPPING_STATUSES)[number];

/** Who said it: a person through the API, an import, a question's verified answer, or a model. */
export const MAPPING_ORIGINS = ['person', 'dbt', 'answer', 'model'] as const;
export type MappingOrigin = (typeof MAPPING_ORIGINS)[number];

/** What is said. One entry for each of: (target, word), (target), metric name, question, instruction, area name. */
export type MappingContent =
  /** Another word for a table or a column. */
  | { kind: 'synonym'; target: string; text: string }
  /** What a table or a column holds; shown in place of the database's own comment. */
  | { kind: 'description'; target: string; text: string }
  /** A measure with its SQL expression over the named tables. */
  | { kind: 'metric'; name: string; expression: string; tables: string[]; text?: string }
  /** A question with SQL that answers it. */
  | { kind: 'example'; question: string; sql: string; tables?: string[] }
  /** How questions to this data source are to be read, in a sentence. */
  | { kind: 'instruction'; text: string }
  /** A table that is always among the chosen ones. */
  | { kind: 'pin'; target: string }
  /** A table, or a whole schema, that is never chosen. */
  | { kind: 'exclude'; target: string }
  /** A named set of tables and schemas; a search or a question may keep to it. */
  | { kind: 'area'; name: string; members: string[]; text?: string };

/** What is spoken of: a data source, or, by an example, the datasets that its SQL reads. */
export type MappingGround = { dataSourceId: string } | { datasetIds: readonly string[] };

export type SchemaMapping = MappingContent & {
  id: string;
  status: MappingStatus;
  origin: MappingOrigin;
  createdAt: string;
  updatedAt: string;
};

/** Why an entry was not taken. */
export interface MappingIssue {
  /** Place in the list that was sent; absent for an import. */
  index?: number;
  /** The name that is wrong. */
  name: string;
  reason: string;
  /** Canonical names that may be meant. */
  nearest: string[];
}

/** What came of a bulk put or an import. */
export interface MappingReport {
  created: number;
  updated: number;
  unchanged: number;
  /** Entries that named something that the index does not have (imports only: a bulk put is refused whole). */
  unmatched: MappingIssue[];
}

/** Accepted mappings of one data source, and which edition of them it is. */
export interface MappingSet {
  /** Counts edits; part of the key of cached answers. */
  version: number;
  entries: readonly MappingContent[];
  /** What was decided about joins. */
  joins: readonly (JoinEnds & { decision: JoinDecision })[];
}

/** What of the mappings goes to the model with a question. */
export interface Guidance {
  instructions: string[];
  metrics: { name: string; expression: string; text?: string }[];
  examples: { question: string; sql: string }[];
}

export const DESCRIPTION_LIMITS = {
  /** UTF-16 code units that a model is asked for, and that are taken of it. */
  askedChars: 200,
  chars: 400,
  /** Tables of one job: by default, and at most. */
  defaultTables: 200,
  tables: 5_000,
} as const;

export const MAPPING_LIMITS = {
  /** Entries of one request. */
  entries: 1_000,
  /** UTF-16 code units. */
  synonymChars: 100,
  textChars: 2_000,
  expressionChars: 4_000,
  nameChars: 200,
  members: 2_000,
  /** JSON body of an import: manifests are large. */
  importBytes: 32 * 1024 * 1024,
} as const;
