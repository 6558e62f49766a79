import { LauncherRequest, type LauncherAnswer } from '@periodic-backup/contracts';
import type { FurtherReceivers } from './further-receivers.js';

/** Answers what the admin API asks for; anything else on its channel is not for us. */
export function answerRequests(
  receivers: FurtherReceivers,
): (message: unknown, reply: (answer: LauncherAnswer) => void) => void {
  return (message, reply) => {
    const request = LauncherRequest.safeParse(message);
    if (!request.success) return;
    const { id, wish } = request.data;
    void receivers.answer(wish).then((answer) => reply({ type: 'launcher-answer', id, answer }));
  };
}
