/** Alibaba's own domains; everything below them is run by Alibaba. */
export const mediaDomains = [
  '1688.com',
  'alicdn.com',
  'alibaba.com',
  'aliimg.com',
  'taobao.com',
  'taobaocdn.com',
  'tbcdn.cn',
  'tmall.com',
];

/**
 * A bucket of Alibaba Cloud in a public region of China, where 1688 keeps pictures that it translated. Addresses of the
 * inner network (`oss-cn-hangzhou-internal`) are none that 1688 gives out.
 */
const bucket = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]\.oss-cn-(?!.*-internal\.)[a-z0-9-]+\.aliyuncs\.com$/;

/**
 * Whether a url of a picture or video leads to Alibaba: https without user name and port, on one of its domains. So it
 * leads to no address by number, and to none that only begins or ends alike (`alicdn.com.evil.example`, `notalicdn.com`).
 */
export function isMediaUrl({ protocol, username, password, port, hostname }: URL): boolean {
  if (protocol !== 'https:' || username !== '' || password !== '' || port !== '') return false;
  return (
    mediaDomains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`)) ||
    bucket.test(hostname)
  );
}
