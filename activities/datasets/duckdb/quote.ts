export { quoteLiteral, quoteName } from '../../../domain/datasets/sql-text.js';
