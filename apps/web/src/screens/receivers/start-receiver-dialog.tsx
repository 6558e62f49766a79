import { ReceiverStart, type Surroundings } from '@periodic-backup/contracts/http';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/api.js';
import { refresh } from '../../api/queries.js';
import { Button } from '../../design/button/button.js';
import { Dialog } from '../../design/dialog/dialog.js';
import { NumberField } from '../../design/field/number-field.js';
import { TextField } from '../../design/field/text-field.js';
import { showToast } from '../../design/toast/toasts.js';
import { Form } from '../../forms/form.js';
import { useApiForm } from '../../forms/use-api-form.js';
import { useField } from '../../forms/use-field.js';
import styles from './receivers.module.css';

/** Starts another receiver on this machine: what stands in the way is said at its field. */
export default function StartReceiverDialog({
  here,
  onClose,
}: {
  readonly here: NonNullable<Surroundings['here']>;
  readonly onClose: () => void;
}) {
  const client = useQueryClient();
  const { form, onSubmit, problem, pending } = useApiForm({
    schema: ReceiverStart,
    defaults: { host: '127.0.0.1', port: here.nextReceiverPort, targetDir: '', maxClients: 10 },
    fields: ['host', 'port', 'targetDir', 'maxClients'],
    submit: async (body) => {
      const { receiverId, targetDir } = await api.call('POST /receivers', { body });
      await refresh(client, 'GET /receivers', 'GET /vaults', 'GET /overview', 'GET /surroundings');
      showToast({ tone: 'ok', title: `${receiverId} takes files in at ${targetDir}` });
      onClose();
    },
  });
  const [host, port] = [useField(form.control, 'host'), useField(form.control, 'port')];
  const [targetDir, maxClients] = [useField(form.control, 'targetDir'), useField(form.control, 'maxClients')];
  return (
    <Dialog isOpen onClose={onClose} title="Start a receiver on this machine">
      <Form
        label="Start a receiver"
        onSubmit={onSubmit}
        problem={problem}
        actions={
          <>
            <Button onPress={onClose}>Cancel</Button>
            <Button kind="primary" type="submit" pending={pending}>
              Start the receiver
            </Button>
          </>
        }
      >
        <TextField
          {...targetDir}
          label="Target directory"
          description={`Where it keeps what it receives; ${here.targetDir} would be the same vault, served by both.`}
          placeholder="/srv/backups"
          mono
          autoFocus
          autoComplete="off"
          spellCheck="false"
        />
        <div className={styles.address}>
          <TextField
            {...host}
            value={host.value ?? ''}
            label="Host"
            description="An address of this machine. 127.0.0.1: only its own agents get there."
            mono
            autoComplete="off"
            spellCheck="false"
          />
          <NumberField
            {...port}
            label="Port"
            minValue={1}
            maxValue={65_535}
            formatOptions={{ useGrouping: false }}
          />
        </div>
        <NumberField
          {...maxClients}
          value={maxClients.value ?? Number.NaN}
          label="Clients at once"
          description="Further ones wait for their turn."
          minValue={1}
          maxValue={10_000}
        />
      </Form>
    </Dialog>
  );
}
