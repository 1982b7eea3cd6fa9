/** Kinds of registries, by the names Harbor's adapters have, in ASCII order (`harbor:src/pkg/reg/model/registry.go`). */
export const REGISTRY_TYPES = [
  'ali-acr',
  'aws-ecr',
  'azure-acr',
  'docker-hub',
  'docker-registry',
  'dtr',
  'github-ghcr',
  'gitlab',
  'google-gcr',
  'harbor',
  'huawei-SWR',
  'jfrog-artifactory',
  'quay',
  'tencent-tcr',
  'volcengine-cr',
] as const;

export type RegistryType = (typeof REGISTRY_TYPES)[number];

export function isRegistryType(text: string): text is RegistryType {
  return (REGISTRY_TYPES as readonly string[]).includes(text);
}

/** An address to choose, under the name a form shows for it. */
interface ProviderEndpoint {
  readonly key: string;
  readonly value: string;
}

/** What a form that adds such a registry offers. */
export interface RegistryProvider {
  /** `fix`: the first of the endpoints and no other; `list`: one of them or another; `standard`: any. */
  readonly endpointType: 'standard' | 'fix' | 'list';
  readonly endpoints: readonly ProviderEndpoint[];
  /** Of those that are logged in to with a file: the only access key there is. */
  readonly fileLogin?: { readonly accessKey: string; readonly hint: string };
}

const AWS_REGIONS =
  'us-east-2 us-east-1 us-west-1 us-west-2 af-south-1 ap-east-1 ap-east-2 ap-south-1 ap-south-2 ap-northeast-3 ' +
  'ap-northeast-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ' +
  'ap-southeast-7 ap-northeast-1 ca-central-1 ca-west-1 cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-west-1 ' +
  'eu-west-2 eu-south-1 eu-south-2 eu-west-3 eu-north-1 il-central-1 me-south-1 me-central-1 mx-central-1 sa-east-1 ' +
  'us-gov-east-1 us-gov-west-1';

const ALIBABA_REGIONS =
  'cn-qingdao cn-beijing cn-zhangjiakou cn-huhehaote cn-wulanchabu cn-hangzhou cn-shanghai cn-shenzhen cn-heyuan ' +
  'cn-guangzhou cn-chengdu cn-hongkong ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-5 ap-south-1 ' +
  'ap-northeast-1 us-west-1 us-east-1 eu-central-1 eu-west-1 me-east-1';

function awsEndpoint(region: string): ProviderEndpoint {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return { key: region, value: `https://api.ecr.${region}.${domain}` };
}

function alibabaEndpoints(region: string): readonly ProviderEndpoint[] {
  return [
    { key: region, value: `https://registry.${region}.aliyuncs.com` },
    { key: `${region}-vpc`, value: `https://registry-vpc.${region}.aliyuncs.com` },
    { key: `${region}-internal`, value: `https://registry-internal.${region}.aliyuncs.com` },
    { key: `${region}-ee-vpc`, value: `https://instanceName-registry-vpc.${region}.cr.aliyuncs.com` },
    { key: `${region}-ee`, value: `https://instanceName-registry.${region}.cr.aliyuncs.com` },
  ];
}

function hosts(...names: readonly string[]): readonly ProviderEndpoint[] {
  return names.map((name) => ({ key: name, value: `https://${name}` }));
}

/** Those a form knows more of than of any registry. */
export const PROVIDERS: Readonly<Partial<Record<RegistryType, RegistryProvider>>> = {
  'ali-acr': { endpointType: 'list', endpoints: ALIBABA_REGIONS.split(' ').flatMap(alibabaEndpoints) },
  'aws-ecr': { endpointType: 'list', endpoints: AWS_REGIONS.split(' ').map(awsEndpoint) },
  'docker-hub': { endpointType: 'fix', endpoints: hosts('hub.docker.com') },
  'github-ghcr': { endpointType: 'fix', endpoints: hosts('ghcr.io') },
  'google-gcr': {
    endpointType: 'list',
    endpoints: hosts('gcr.io', 'us.gcr.io', 'eu.gcr.io', 'asia.gcr.io'),
    fileLogin: { accessKey: '_json_key', hint: 'No Change' },
  },
  quay: { endpointType: 'standard', endpoints: [], fileLogin: { accessKey: 'json_file', hint: '' } },
};

/** Whether artifacts other than images can be replicated with it. */
export function holdsArtifacts(type: RegistryType): boolean {
  return type === 'harbor' || type === 'azure-acr';
}

/** Whether a large blob can be sent to it in pieces. */
export function takesChunks(type: RegistryType): boolean {
  return type === 'harbor' || type === 'azure-acr';
}
