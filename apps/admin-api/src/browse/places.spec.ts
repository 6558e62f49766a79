import { Places } from './places.js';

const never = new AbortController().signal;

test('who comes when all places are taken waits, in order', async () => {
  const places = new Places(1, 10_000);
  await places.enter(never);
  const order: number[] = [];
  const waiting = [1, 2].map((n) => places.enter(never).then(() => order.push(n)));
  places.leave();
  await waiting[0];
  expect(order).toEqual([1]);
  places.leave();
  await waiting[1];
  expect(order).toEqual([1, 2]);
});

test('who waits too long or goes away is refused and takes no place', async () => {
  const places = new Places(1, 20);
  await places.enter(never);
  await expect(places.enter(never)).rejects.toMatchObject({ status: 503 });
  const gone = new AbortController();
  const leaving = places.enter(gone.signal);
  gone.abort();
  await expect(leaving).rejects.toMatchObject({ status: 503 });
  places.leave();
  await places.enter(never);
});
