import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AgentAnswer,
  agentAnswerKey,
  agentGoneKey,
  digestOrder,
  signTicket,
  type AgentAskJob,
  type AgentQuestion,
} from '@periodic-backup/contracts';
import { RefusalNotes } from '@periodic-backup/trust';
import { createLogger } from '@periodic-backup/platform';
import { until } from '@periodic-backup/testing';
import { openScene, type Scene } from '../testing/scene.js';
import type { CancelFlag } from '../transfer/cancel-flag.js';
import { AgentQuestions } from './agent-questions.js';
import { answerQuestion } from './answer-question.js';

const AGENT = 'test-agent';
let scene: Scene;
let store: Map<string, string>;
let flags: CancelFlag[];
let questions: AgentQuestions;
/** What was noted as forged. */
let refused: string[];
/** While set, answers wait for it. */
let hold: Promise<void> | null;

beforeEach(async () => {
  scene = await openScene();
  store = new Map();
  flags = [];
  refused = [];
  hold = null;
  questions = new AgentQuestions(
    { agentId: AGENT, ticketKeyFile: scene.agent.context.ticketKeyFile },
    {
      answer: async (question, flag) => {
        flags.push(flag);
        await hold;
        return answerQuestion(question, scene.agent.context.allowed, flag);
      },
      close: () => Promise.resolve(),
    },
    {
      set: (key, value) => Promise.resolve(store.set(key, value)),
      exists: (key) => Promise.resolve(store.has(key) ? 1 : 0),
    },
    new RefusalNotes(
      AGENT,
      () => Promise.resolve(),
      ({ what }) => refused.push(what),
    ),
    createLogger('test', 'fatal'),
  );
});
afterEach(() => scene.close());

const listing: AgentQuestion = {
  ...{ kind: 'directory', path: null, limit: 10, cursor: null, onlyDirectories: false, excludes: null },
};
const estimate = (): AgentQuestion => ({
  ...{ kind: 'estimate', sourceDir: scene.agent.source, excludes: [], budgetMs: 5000, samples: 1 },
});

function job(question: AgentQuestion, nowMs = Date.now(), agentId = AGENT): AgentAskJob {
  const questionId = randomUUID();
  const now = Math.floor(nowMs / 1000);
  const ticket = signTicket(
    {
      ...{ v: 1, verb: 'look', agentId, questionId, questionDigest: digestOrder(question) },
      ...{ nbf: now, exp: now + 60 },
    },
    scene.agent.keys.privateKey,
  );
  return { questionId, agentId, question, ticket };
}

/** Answers wait until what this answers with is called. */
function holdBack(): () => void {
  let letGo = (): void => undefined;
  hold = new Promise((resolve) => (letGo = resolve));
  return letGo;
}

async function answerTo(asked: AgentAskJob): Promise<AgentAnswer | null> {
  await questions.take(asked);
  const text = store.get(agentAnswerKey(AGENT, asked.questionId));
  return text === undefined ? null : AgentAnswer.parse(JSON.parse(text));
}

describe('an agent that is asked about its machine', () => {
  it('answers a signed question', async () => {
    expect(await answerTo(job(listing))).toMatchObject({
      kind: 'directory',
      listing: { items: [{ path: scene.agent.source }, { path: scene.agent.backup }] },
    });
  });

  it('places what stands in the way at the field it is about', async () => {
    mkdirSync(join(scene.root, 'elsewhere'));
    const sourceDir = join(scene.root, 'elsewhere');
    expect(await answerTo(job({ ...estimate(), sourceDir } as AgentQuestion))).toMatchObject({
      ...{ kind: 'refused', code: 'SOURCE_NOT_ALLOWED', field: 'sourceDir' },
    });
    const check = { kind: 'check', sourceDir: join(scene.agent.source, 'none'), backupDir: '/etc' } as const;
    expect(await answerTo(job(check))).toMatchObject({
      check: {
        problems: [
          { path: 'sourceDir', message: expect.stringMatching(/does not exist/) },
          { path: 'backupDir', message: expect.stringMatching(/BACKUP_DIRS/) },
        ],
        realPaths: { sourceDir: null, backupDir: null },
      },
    });
  });

  it('judges only what it was asked about', async () => {
    const copies = join(scene.agent.backup, 'new');
    const sourceDir = scene.agent.source;
    expect(await answerTo(job({ kind: 'check', sourceDir, backupDir: copies }))).toMatchObject({
      check: { problems: [], realPaths: { sourceDir, backupDir: copies, destination: null } },
    });
    const inside = join(sourceDir, 'copies');
    expect(await answerTo(job({ kind: 'check', sourceDir, backupDir: inside }))).toMatchObject({
      check: { problems: [{ path: 'backupDir' }] },
    });
    expect(
      await answerTo(job({ kind: 'check', sourceDir, backupDir: inside, afterTransmit: 'keep' })),
    ).toMatchObject({ check: { problems: [] } });
  });

  it.each([
    ['another question', (asked: AgentAskJob) => ({ ...asked, question: { ...listing, path: 'Lw==' } })],
    ['another id', (asked: AgentAskJob) => ({ ...asked, questionId: randomUUID() })],
    [
      'another signature',
      (asked: AgentAskJob) => ({ ...asked, ticket: asked.ticket.replace(/.{4}$/, 'AAAA') }),
    ],
    ['a ticket for another agent', () => job(listing, Date.now(), 'other')],
    [
      'a ticket to send',
      (asked: AgentAskJob) => ({ ...asked, ticket: scene.agent.job(scene.agent.order()).ticket }),
    ],
  ])('does not look when it comes with %s', async (_, change) => {
    expect(await answerTo(change(job(listing)) as AgentAskJob)).toMatchObject({
      ...{ kind: 'refused', code: 'TICKET_INVALID' },
    });
    expect(flags).toHaveLength(0);
  });

  it('does not look when the question is old', async () => {
    expect(await answerTo(job(listing, Date.now() - 120_000))).toMatchObject({ code: 'TICKET_EXPIRED' });
  });

  it('looks once, however often a question arrives', async () => {
    const asked = job(listing);
    await answerTo(asked);
    store.clear();
    expect(await answerTo(asked)).toBeNull();
    expect(flags).toHaveLength(1);
  });

  it('stops counting when nobody waits any more', async () => {
    for (let i = 0; i < 200; i++) writeFileSync(join(scene.agent.source, `f${i}`), '');
    const letGo = holdBack();
    const asked = job(estimate());
    const answer = answerTo(asked);
    store.set(agentGoneKey(AGENT, asked.questionId), '1');
    await until(() => flags[0]?.error, { what: 'the wish to stop' });
    letGo();
    expect(await answer).toMatchObject({ kind: 'refused', code: 'CANCELLED' });
  });

  it('counts for two at once, and lists meanwhile', async () => {
    const letGo = holdBack();
    const counting = [answerTo(job(estimate())), answerTo(job(estimate()))];
    await until(() => flags.length === 2, { what: 'two estimates' });
    expect(await answerTo(job(estimate()))).toMatchObject({ kind: 'refused', code: 'BUSY' });
    hold = null;
    expect(await answerTo(job(listing))).toMatchObject({ kind: 'directory' });
    letGo();
    expect(await Promise.all(counting)).toMatchObject([{ kind: 'estimate' }, { kind: 'estimate' }]);
  });
});
