// Writes THIRD_PARTY_NOTICES.txt: the licence of every package whose code is in a bundle or staged beside it.
// Run after a production build; `--check` fails where the file on disk is out of date.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const file = path.join(root, 'THIRD_PARTY_NOTICES.txt');
/** What onnxruntime's binary files contain, as its own notices say. */
const ofRuntime = 'THIRD_PARTY_NOTICES.onnxruntime.txt';
/** Staged as they are, not bundled. */
const staged = ['onnxruntime-node', 'onnxruntime-common'];

const names = new Set(staged);
const metaFolder = path.join(root, '.cache', 'meta');
for (const name of fs.readdirSync(metaFolder)) {
  const meta = JSON.parse(fs.readFileSync(path.join(metaFolder, name), 'utf8'));
  for (const output of Object.values(meta.outputs)) {
    for (const input of Object.keys(output.inputs)) {
      const match = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(input);
      if (match?.[1]) names.add(match[1]);
    }
  }
}

const sections = [...names].sort().map((name) => {
  const folder = path.join(root, 'node_modules', name);
  const { version, license, homepage, repository } = JSON.parse(
    fs.readFileSync(path.join(folder, 'package.json'), 'utf8'),
  );
  const licenceFile = fs.readdirSync(folder).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
  const text = licenceFile
    ? fs.readFileSync(path.join(folder, licenceFile), 'utf8').trim().replace(/\r\n/g, '\n')
    : `Licensed under ${license}; the package carries no licence text.`;
  const source = homepage ?? (typeof repository === 'string' ? repository : repository?.url) ?? '';
  return `${name} ${version} (${license})\n${source}\n\n${text}\n`;
});
const rule = `\n${'-'.repeat(100)}\n\n`;
const content = `Vivarium contains code of the packages below, under their licences.\nWhat the binary files of onnxruntime contain is in ${ofRuntime}.\n${rule}${sections.join(rule)}`;

const { version: runtime } = JSON.parse(
  fs.readFileSync(path.join(root, 'node_modules/onnxruntime-node/package.json'), 'utf8'),
);
const [told = ''] = fs.readFileSync(path.join(root, ofRuntime), 'utf8').split('\n');
if (!told.includes(`onnxruntime-node ${runtime} `)) {
  console.error(
    `${ofRuntime} is not of onnxruntime ${runtime}: take LICENSE and ThirdPartyNotices.txt of that version.`,
  );
  process.exit(1);
}

if (process.argv.includes('--check')) {
  const current = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  if (current !== content) {
    console.error('THIRD_PARTY_NOTICES.txt is out of date: run "node scripts/notices.mjs" after a production build.');
    process.exit(1);
  }
} else {
  fs.writeFileSync(file, content);
  console.log(`${sections.length} packages`);
}
