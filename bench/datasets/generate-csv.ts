import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createRandom } from '../../examples/sample-company/generator/random.js';

const CITIES = ['Berlin', 'München', 'Paris', '"New York, NY"', 'Tokyo', 'São Paulo', 'Oslo', 'Kraków'];
const WORDS = 'rain boots wool hat winter jacket camp stove trail map lamp bottle rope tent'.split(' ');
const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** Writes some `sizeBytes` of seeded CSV with ten columns: ids, numbers, money, times, codes with leading zeros, text. Gives the rows. */
export async function generateCsv(path: string, sizeBytes: number, seed: number): Promise<number> {
  const random = createRandom(seed, 'datasets');
  const output = createWriteStream(path);
  output.write('id,customer_id,city,quantity,price,created_at,day,active,code,note\n');
  let written = 0;
  let rows = 0;
  while (written < sizeBytes) {
    let block = '';
    for (let index = 0; index < 5_000; index += 1) {
      rows += 1;
      const time = `2024-${pad(random.int(1, 12))}-${pad(random.int(1, 28))} ${pad(random.int(0, 23))}:${pad(random.int(0, 59))}:${pad(random.int(0, 59))}`;
      const day = `${random.int(2015, 2024)}-${pad(random.int(1, 12))}-${pad(random.int(1, 28))}`;
      const note = `${random.pick(WORDS)} ${random.pick(WORDS)} ${random.int(0, 1e9).toString(36)}`;
      block += `${rows},${random.int(1, 1_000_000)},${random.pick(CITIES)},${random.int(0, 999)},${(random.next() * 1_000).toFixed(2)},${time},${day},${random.chance(0.5)},${pad(random.int(0, 99_999), 5)},${note}\n`;
    }
    written += Buffer.byteLength(block);
    if (!output.write(block)) await once(output, 'drain');
  }
  output.end();
  await finished(output);
  return rows;
}
