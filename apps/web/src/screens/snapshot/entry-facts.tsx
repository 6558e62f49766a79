import type { EntryView } from '@periodic-backup/contracts/http';
import { Callout } from '../../design/feedback/callout.js';
import { Fact, Facts } from '../../design/page/facts.js';
import { exactly } from '../../design/time/relative-time.js';
import { formatBytes, formatCount } from '../../format/sizes.js';
import { KIND_WORDS, modeInLetters, PROBLEM_WORDS } from './entry-look.js';

/** All that a snapshot knows of a path. */
export function EntryFacts({ entry }: { readonly entry: EntryView }) {
  const { kind, sizeBytes, mtime, mode, user, uid, group, gid, target, digest, problem } = entry;
  return (
    <>
      {problem !== null && <Callout tone="warn">{PROBLEM_WORDS[problem]}</Callout>}
      <Facts>
        <Fact name="Kind">{KIND_WORDS[kind]}</Fact>
        {target !== null && (
          <Fact name={kind === 'hardlink' ? 'Same file as' : 'Leads to'} mono>
            {target}
          </Fact>
        )}
        {sizeBytes !== null && (
          <Fact name="Size">
            {formatBytes(sizeBytes)}
            {sizeBytes >= 1024 && ` (${formatCount(sizeBytes)} bytes)`}
          </Fact>
        )}
        <Fact name="Modified">{exactly(mtime)}</Fact>
        <Fact name="Owner and mode" mono>
          {user ?? uid}:{group ?? gid} {modeInLetters(mode)}
        </Fact>
        {digest !== null && (
          <Fact name="BLAKE3 (b3sum)" mono>
            {digest}
          </Fact>
        )}
      </Facts>
    </>
  );
}
