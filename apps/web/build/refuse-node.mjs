import { isBuiltin } from 'node:module';

/** The build fails when something reaches for Node, rather than the page in somebody's browser. */
export function refuseNode() {
  return {
    name: 'refuse-node',
    enforce: 'pre',
    resolveId(source, importer) {
      if (source.startsWith('node:') || (isBuiltin(source) && !source.startsWith('.')))
        this.error(`${importer} imports ${source}, which a browser has not.`);
    },
  };
}
