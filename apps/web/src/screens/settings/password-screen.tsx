import { OwnPasswordChange } from '@periodic-backup/contracts/http';
import { api } from '../../api/api.js';
import { Button } from '../../design/button/button.js';
import { TextField } from '../../design/field/text-field.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import { showToast } from '../../design/toast/toasts.js';
import { Form } from '../../forms/form.js';
import { useApiForm } from '../../forms/use-api-form.js';
import { useField } from '../../forms/use-field.js';
import { SettingsTabs } from './settings-tabs.js';
import styles from './settings.module.css';

/** Changes one's own password. */
export function PasswordScreen() {
  const { form, onSubmit, problem, pending } = useApiForm({
    schema: OwnPasswordChange,
    defaults: { currentPassword: '', newPassword: '' },
    fields: ['currentPassword', 'newPassword'],
    submit: async (body) => {
      await api.call('PUT /me/password', { body });
      form.reset();
      showToast({
        tone: 'ok',
        title: 'Your password was changed',
        detail: 'Your other sessions have ended.',
      });
    },
  });
  return (
    <Page title="Settings" tabs={<SettingsTabs />}>
      <div className={styles.form}>
        <Card title="Your password">
          <Form
            label="Your password"
            onSubmit={onSubmit}
            problem={problem}
            actions={
              <Button kind="primary" type="submit" pending={pending}>
                Change password
              </Button>
            }
          >
            <TextField
              label="Current password"
              type="password"
              autoComplete="current-password"
              {...useField(form.control, 'currentPassword')}
            />
            <TextField
              label="New password"
              description="At least 12 characters: several words make a good one. Your other sessions end."
              type="password"
              autoComplete="new-password"
              {...useField(form.control, 'newPassword')}
            />
          </Form>
        </Card>
      </div>
    </Page>
  );
}
