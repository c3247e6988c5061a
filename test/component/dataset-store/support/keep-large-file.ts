import { parseConfig } from '../../../../platform/config.js';
import { createS3Store } from '../../../../platform/dataset-store/s3/s3-store.js';

// A process that keeps one file in a bucket and fetches it again, and says what memory that took: its arguments are the folder that has the
// file, an empty one, tenant, dataset, size and hash.
const [folder = '', other = '', tenantId = '', datasetId = '', sizeBytes, sha256 = ''] =
  process.argv.slice(2);
const { s3 } = parseConfig().datasets;
if (!s3) throw new Error('There is no bucket in the environment.');
const ref = { tenantId, datasetId };
const before = process.memoryUsage().rss;
let peak = before;
// Not the peak that the system knows: a process begins with that of the one that started it.
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage().rss);
}, 10);
await createS3Store(folder, s3).keepOriginal(ref, { sizeBytes: Number(sizeBytes), sha256 });
await createS3Store(other, s3).withOriginal(ref, new AbortController().signal, async () => undefined);
clearInterval(watch);
process.stdout.write(JSON.stringify({ before, peak }));
