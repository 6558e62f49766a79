import { contentDisposition, contentType } from './content-headers.js';

test.each([
  ['report.pdf', 'application/pdf'],
  ['a.TXT', 'text/plain; charset=utf-8'],
  ['page.html', 'text/html; charset=utf-8'],
  ['photo.jpeg', 'image/jpeg'],
  ['Makefile', 'application/octet-stream'],
])('%s is %s', (name, type) => expect(contentType(Buffer.from(name))).toBe(type));

test.each<[Buffer, string]>([
  [Buffer.from('plain name.txt'), 'attachment; filename="plain name.txt"'],
  [Buffer.from('größe.txt'), `attachment; filename="gr__e.txt"; filename*=UTF-8''gr%C3%B6%C3%9Fe.txt`],
  [Buffer.from('a"b\\c.txt'), `attachment; filename="a_b_c.txt"; filename*=UTF-8''a%22b%5Cc.txt`],
  [Buffer.from("it's (1)*.txt"), `attachment; filename="it's (1)*.txt"`],
  [Buffer.from("ü'(*)"), `attachment; filename="_'(*)"; filename*=UTF-8''%C3%BC%27%28%2A%29`],
  [
    Buffer.from('a\r\nSet-Cookie: x'),
    `attachment; filename="a__Set-Cookie: x"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x`,
  ],
  [Buffer.from([0x61, 0xff, 0x2e, 0x62]), 'attachment; filename="a_.b"'],
  [Buffer.from('..%2f..'), `attachment; filename=".._2f.."; filename*=UTF-8''..%252f..`],
])('%s is offered under its name', (name, header) => expect(contentDisposition(name)).toBe(header));
