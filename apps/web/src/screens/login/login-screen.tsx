import { useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { sentenceFor } from '../../api/problems.js';
import { logIn } from '../../api/session.js';
import { Brand } from '../../app/brand.js';
import { Button } from '../../design/button/button.js';
import { Callout } from '../../design/feedback/callout.js';
import { TextField } from '../../design/field/text-field.js';
import styles from './login.module.css';

/** Asks who one is, then leads to where one wanted to go. */
export function LoginScreen() {
  const { to } = useSearch({ from: '/login' });
  const router = useRouter();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const submit = async (): Promise<void> => {
    setPending(true);
    setProblem(null);
    try {
      await logIn(name, password);
      client.clear();
      router.history.push(innerAddress(to));
    } catch (error) {
      setProblem(sentenceFor(error));
      setPassword('');
    } finally {
      setPending(false);
    }
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void submit();
  };
  return (
    <main className={styles.screen}>
      <form className={styles.form} onSubmit={onSubmit} aria-label="Log in">
        <Brand />
        <h1 className={styles.title}>Log in</h1>
        <TextField
          label="Name"
          name="name"
          autoComplete="username"
          isRequired
          autoFocus
          value={name}
          onChange={setName}
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          isRequired
          value={password}
          onChange={setPassword}
        />
        {problem && <Callout tone="bad">{problem}</Callout>}
        <Button type="submit" kind="primary" pending={pending}>
          Log in
        </Button>
      </form>
    </main>
  );
}

/** An address of this console, never one of somebody else that a link could smuggle in. */
function innerAddress(to: string | undefined): string {
  return to?.startsWith('/') && !to.startsWith('//') && !to.startsWith('/\\') ? to : '/';
}
