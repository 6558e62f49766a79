import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Fails if axe finds anything serious on what is shown now. @param except rules that do not hold in a state, and why is for the caller to say */
export async function expectAccessible(page: Page, except: readonly string[] = []): Promise<void> {
  // The debugger's own door: the page's Content-Security-Policy would not let it in otherwise.
  await page.evaluate(AXE);
  const violations = (await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  )) as Violation[];
  const grave = violations.filter(({ id, impact }) => impact !== 'minor' && !except.includes(id));
  expect(
    grave.map(({ id, impact, help, nodes }) => ({
      ...{ screen: page.url(), id, impact, help },
      nodes: nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 160)} → ${failureSummary}`),
    })),
  ).toEqual([]);
}
