import { useQuery } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { sentenceFor } from '../../api/problems.js';
import { apiQuery } from '../../api/queries.js';
import { Button } from '../../design/button/button.js';
import { Dialog } from '../../design/dialog/dialog.js';
import { Callout } from '../../design/feedback/callout.js';
import { Spinner } from '../../design/feedback/spinner.js';
import { Copyable } from '../../design/layout/copyable.js';
import { countOf } from '../../format/sizes.js';
import styles from './audit.module.css';

/** Has the chain of all entries checked, and says where it is broken if it is. */
export function VerifyAudit() {
  const [open, setOpen] = useState(false);
  const check = useQuery({
    ...apiQuery('GET /audit/verify', { query: {} }),
    enabled: open,
    staleTime: 0,
    gcTime: 0,
  });
  return (
    <>
      <Button icon={ShieldCheck} onPress={() => setOpen(true)}>
        Check the chain
      </Button>
      <Dialog isOpen={open} onClose={() => setOpen(false)} title="Is the log whole?">
        <div className={styles.stack}>
          {check.isFetching ? (
            <p className={styles.waiting} role="status">
              <Spinner /> Checking every entry …
            </p>
          ) : check.error ? (
            <Callout tone="bad" title="It could not be checked">
              {sentenceFor(check.error)}
            </Callout>
          ) : (
            check.data && (
              <>
                {check.data.intact ? (
                  <Callout tone="ok" title="Nothing was changed or taken out">
                    {countOf(check.data.entries, 'entry', 'entries')} follow each other without a gap.
                  </Callout>
                ) : (
                  <Callout tone="bad" title={`Broken at entry ${check.data.firstBroken?.sequence}`}>
                    {check.data.firstBroken?.reason}
                  </Callout>
                )}
                <p className={styles.muted}>
                  Keep its head somewhere else: with it one sees later whether entries were cut off at the
                  end.
                </p>
                <Copyable text={`${check.data.head.sequence}:${check.data.head.hash}`} label="the head" />
              </>
            )
          )}
        </div>
      </Dialog>
    </>
  );
}
