/**
 * Writes docs/configuration.md from the schemas that the services check their environment with; `--check` fails
 * if the file is not what the schemas say. Run on the pinned Node after a build.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeConfig } from '@periodic-backup/platform';
import { root } from './paths.mjs';

const schemas = {
  scheduler: ['apps/scheduler/dist/config.js', 'SchedulerConfig'],
  receiver: ['apps/receiver/dist/config.js', 'ReceiverConfig'],
  'sender-agent': ['apps/sender-agent/dist/agent.config.js', 'AgentConfig'],
  'admin-api': ['apps/admin-api/dist/config.js', 'AdminApiConfig'],
};
const file = join(root, 'docs/configuration.md');

const rows = [];
for (const [service, [module, name]] of Object.entries(schemas)) {
  const schema = (await import(join(root, module)))[name];
  for (const variable of describeConfig(schema)) rows.push({ service, ...variable });
}

/** A variable that several services read alike stands once. */
const merged = new Map();
for (const { service, name, description, defaultValue } of rows) {
  const key = `${name}\0${description}\0${defaultValue}`;
  const row = merged.get(key) ?? { name, description, defaultValue, services: [] };
  row.services.push(service);
  merged.set(key, row);
}
const table = [...merged.values()]
  .sort((a, b) => b.services.length - a.services.length)
  .map(
    ({ name, description, defaultValue, services }) =>
      `| \`${name}\` | ${services.length === Object.keys(schemas).length ? 'all' : services.join(', ')} | ${
        defaultValue === null ? '–' : `\`${defaultValue}\``
      } | ${description.replaceAll('|', '\\|')} |`,
  );
const text = `# Configuration

Each service reads its configuration from environment variables, checks it as a whole when it starts, and stops with every
problem listed at once (exit code 78) if it cannot be used. For every variable \`X\` a variable \`X_FILE\` may name a
file that holds the value: use that for secrets. \`npm start\` sets all of this by itself.

This table is made from the schemas by \`node tools/configuration.mjs\`; \`npm test\` checks that it is current.

| variable | service | default | meaning |
| --- | --- | --- | --- |
${table.join('\n')}
`;

if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  console.error(
    'docs/configuration.md is not what the schemas say: run  node tools/configuration.mjs  after a build.',
  );
  process.exitCode = 1;
}
