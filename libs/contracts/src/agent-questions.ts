import { z } from 'zod';
import {
  DirectoryCheck,
  DirectoryCheckRequest,
  DirectoryListing,
  Estimate,
  EstimateRequest,
} from './agent-look.js';
import { AgentId } from './names.js';
import { queuePrefix } from './queues.js';
import { PathBytes } from './tasks.js';

/**
 * Questions that the admin API asks an agent for a person who waits. Each is signed: whoever can only write to Redis
 * cannot have a machine looked at. Job id: the id of the question. Lost ones are asked again by the person.
 */
export const agentAskQueue = (agentId: string): string => `agent-ask-${agentId}`;

/** Key that the answer is put under, as JSON; it goes by itself. */
export const agentAnswerKey = (agentId: string, questionId: string): string =>
  `${queuePrefix(agentAskQueue(agentId))}:answer:${questionId}`;
/** Key that is there once nobody waits for the answer any more. */
export const agentGoneKey = (agentId: string, questionId: string): string =>
  `${queuePrefix(agentAskQueue(agentId))}:gone:${questionId}`;
export const AGENT_ANSWER_KEPT_SECONDS = 60;

export const DirectoryQuestion = z.object({
  kind: z.literal('directory'),
  /** Null: the directories that the agent may use. */
  path: PathBytes.nullable(),
  limit: z.int().min(1).max(1000),
  cursor: z.string().max(1024).nullable(),
  onlyDirectories: z.boolean(),
  /** Marks what these leave out of this source. */
  excludes: z.object({ sourceDir: z.string().max(4096), rules: z.array(z.string()) }).nullable(),
});
export type DirectoryQuestion = z.infer<typeof DirectoryQuestion>;

export const EstimateQuestion = z.object({
  kind: z.literal('estimate'),
  ...EstimateRequest.omit({ planId: true }).shape,
});
export type EstimateQuestion = z.infer<typeof EstimateQuestion>;

export const CheckQuestion = z.object({ kind: z.literal('check'), ...DirectoryCheckRequest.shape });
export type CheckQuestion = z.infer<typeof CheckQuestion>;

export const AgentQuestion = z.discriminatedUnion('kind', [
  DirectoryQuestion,
  EstimateQuestion,
  CheckQuestion,
]);
export type AgentQuestion = z.infer<typeof AgentQuestion>;

export const AgentAskJob = z.object({
  questionId: z.uuid(),
  agentId: AgentId,
  question: AgentQuestion,
  /** `LookClaims`, bound to the question. */
  ticket: z.string(),
});
export type AgentAskJob = z.infer<typeof AgentAskJob>;

/** `refused`: with the field of the question that stands in the way, if one does. */
export const AgentAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('directory'), listing: DirectoryListing }),
  z.object({ kind: z.literal('estimate'), estimate: Estimate }),
  z.object({ kind: z.literal('check'), check: DirectoryCheck }),
  z.object({
    kind: z.literal('refused'),
    code: z.string(),
    field: z.string().nullable(),
    message: z.string(),
  }),
]);
export type AgentAnswer = z.infer<typeof AgentAnswer>;
