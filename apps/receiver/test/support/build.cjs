const { execFileSync } = require('node:child_process');
const { join } = require('node:path');

/** Worker threads and real processes run what is built: a test must not judge an old build. */
module.exports = () => {
  const root = join(__dirname, '..', '..');
  const compiler = require.resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-b', join(root, 'tsconfig.app.json')], { stdio: 'inherit' });
};
