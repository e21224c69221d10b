import { describe, expect, it } from 'vitest';
import { parseMediaUrl } from '../../../../src/transform/values/parse-media-url.ts';

describe('parseMediaUrl', () => {
  it.each([
    [
      'https://cbu01.alicdn.com/img/ibank/O1CN01x_!!2-0-cib.jpg',
      'https://cbu01.alicdn.com/img/ibank/O1CN01x_!!2-0-cib.jpg',
    ],
    [
      'https://cbu01.alicdn.com/img/ibank/1_2.jpg_800x800.jpg',
      'https://cbu01.alicdn.com/img/ibank/1_2.jpg_800x800.jpg',
    ],
    ['https://global-img-cdn.1688.com/img/ibank/1.jpg', 'https://global-img-cdn.1688.com/img/ibank/1.jpg'],
    [
      'http://img.china.alibaba.com/img/ibank/1.search.jpg',
      'https://img.china.alibaba.com/img/ibank/1.search.jpg',
    ],
    ['HTTP://CBU01.ALICDN.COM/img/1.jpg', 'https://cbu01.alicdn.com/img/1.jpg'],
    ['//cbu01.alicdn.com/img/ibank/1.jpg', 'https://cbu01.alicdn.com/img/ibank/1.jpg'],
    ['img/ibank/2020/1.jpg', 'https://cbu01.alicdn.com/img/ibank/2020/1.jpg'],
    ['/img/ibank/2020/1.jpg', 'https://cbu01.alicdn.com/img/ibank/2020/1.jpg'],
    [' https://cbu01.alicdn.com/img/图.jpg ', 'https://cbu01.alicdn.com/img/%E5%9B%BE.jpg'],
    ['https://cloud.video.taobao.com/play/u/1.mp4', 'https://cloud.video.taobao.com/play/u/1.mp4'],
    [
      'http://pic-trans.oss-cn-hangzhou.aliyuncs.com/a/1.jpg',
      'https://pic-trans.oss-cn-hangzhou.aliyuncs.com/a/1.jpg',
    ],
    [
      'https://x1b.oss-cn-shanghai-finance-1.aliyuncs.com/1.jpg',
      'https://x1b.oss-cn-shanghai-finance-1.aliyuncs.com/1.jpg',
    ],
    ['https://cbu01.alicdn.com:443/1.jpg', 'https://cbu01.alicdn.com/1.jpg'],
  ])('%s is at %s', (value, url) => {
    expect(parseMediaUrl(value)).toBe(url);
  });

  it('has up to 2,000 characters', () => {
    const url = `https://cbu01.alicdn.com/${'a'.repeat(1975)}`;
    expect(parseMediaUrl(url)).toBe(url);
  });

  it.each([
    'javascript:alert(1)',
    'data:image/png;base64,AAAA',
    'ftp://cbu01.alicdn.com/1.jpg',
    'https://',
    'https://xxx',
    'https://cbu01.alicdn.com/',
    'https://evil.example/img/ibank/1.jpg',
    'https://alicdn.com.evil.example/1.jpg',
    'https://notalicdn.com/1.jpg',
    'https://alicdn.com./1.jpg',
    'https://pic.oss-cn-hangzhou.aliyuncs.com.evil.example/1.jpg',
    'https://pic.oss-cn-hangzhou-internal.aliyuncs.com/1.jpg',
    'https://pic.oss-us-west-1.aliyuncs.com/1.jpg',
    'https://oss-cn-hangzhou.aliyuncs.com/1.jpg',
    'https://a.b.oss-cn-hangzhou.aliyuncs.com/1.jpg',
    'https://evil.example/.oss-cn-hangzhou.aliyuncs.com/1.jpg',
    'https://ecs-cn-hangzhou.aliyuncs.com/1.jpg',
    'https://pic.oss-cn-hangzhou.aliyuncs.com:8080/1.jpg',
    'https://user:word@pic.oss-cn-hangzhou.aliyuncs.com/1.jpg',
    'https://127.0.0.1/1.jpg',
    'https://2130706433/1.jpg',
    'https://[::1]/1.jpg',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/1.jpg',
    'https://evil.example\\.alicdn.com/1.jpg',
    '//evil.example/1.jpg',
    'https://user@cbu01.alicdn.com/1.jpg',
    'https://cbu01.alicdn.com@evil.example/1.jpg',
    'https://cbu01.alicdn.com:8443/1.jpg',
    '图片地址',
    '1',
    '',
    'a/b.jpg',
    `https://cbu01.alicdn.com/${'a'.repeat(1976)}`,
    `https://cbu01.alicdn.com/${'a'.repeat(2000)}`,
    `https://cbu01.alicdn.com/${'图'.repeat(500)}`,
    17,
    true,
    null,
    ['https://cbu01.alicdn.com/1.jpg'],
  ])('%j is no picture of the platform', (value) => {
    expect(parseMediaUrl(value)).toBeNull();
  });
});
