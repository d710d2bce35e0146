/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { Document } from './api/graphql.js';
export type ArtifactCollectionState =
  | 'DELETED'
  | 'READY';

export type ArtifactDigestAlgorithm =
  | 'MANIFEST_MD5'
  | 'MANIFEST_XXH128';

export type ArtifactManifestType =
  | 'FULL'
  | 'INCREMENTAL'
  | 'PATCH';

export type ArtifactState =
  | 'COMMITTED'
  | 'DELETED'
  | 'PENDING';

export type ArtifactStorageLayout =
  | 'V1'
  | 'V2';

export type CompleteMultipartAction =
  | 'Complete'
  | 'Abort';

export type ArtifactAliasInput = {
  readonly alias: string;
  readonly artifactCollectionName: string;
};

export type ArtifactCollectionAliasInput = {
  readonly alias: string;
  readonly artifactCollectionName: string;
  readonly entityName: string;
  readonly projectName: string;
};

export type CompleteMultipartUploadArtifactInput = {
  readonly clientMutationId?: string | null | undefined;
  readonly completeMultipartAction: CompleteMultipartAction;
  readonly completedParts: ReadonlyArray<UploadPartsInput>;
  readonly artifactID: string | number;
  readonly storagePath: string;
  readonly uploadID: string;
};

export type CreateArtifactFileSpecInput = {
  readonly artifactID: string | number;
  readonly artifactManifestID?: string | number | null | undefined;
  readonly md5: string;
  readonly mimetype?: string | null | undefined;
  readonly name: string;
  readonly digest?: string | null | undefined;
  readonly uploadPartsInput?: ReadonlyArray<UploadPartsInput> | null | undefined;
};

export type CreateArtifactFilesInput = {
  readonly artifactFiles: ReadonlyArray<CreateArtifactFileSpecInput>;
  readonly clientMutationId?: string | null | undefined;
  readonly cloudRegionID?: string | number | null | undefined;
  readonly storageLayout: ArtifactStorageLayout;
  readonly digestAlgorithm?: ArtifactDigestAlgorithm | null | undefined;
};

export type CreateArtifactInput = {
  readonly aliases?: ReadonlyArray<ArtifactAliasInput> | null | undefined;
  readonly artifactCollectionName?: string | null | undefined;
  readonly artifactCollectionNames?: ReadonlyArray<string> | null | undefined;
  readonly artifactTypeName: string;
  readonly clientID?: string | number | null | undefined;
  readonly clientMutationId?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly digest: string;
  readonly digestAlgorithm: ArtifactDigestAlgorithm;
  readonly distributedID?: string | null | undefined;
  readonly enableDigestDeduplication?: boolean | null | undefined;
  readonly entityName: string;
  readonly historyStep?: number | string | null | undefined;
  readonly labels?: string | null | undefined;
  readonly metadata?: string | null | undefined;
  readonly projectName: string;
  readonly runName?: string | null | undefined;
  readonly sequenceClientID?: string | number | null | undefined;
  readonly tags?: ReadonlyArray<TagInput> | null | undefined;
  readonly ttlDurationSeconds?: number | string | null | undefined;
  readonly storageRegion?: string | null | undefined;
};

export type CreateArtifactManifestInput = {
  readonly artifactID: string | number;
  readonly baseArtifactID?: string | number | null | undefined;
  readonly clientMutationId?: string | null | undefined;
  readonly digest: string;
  readonly entityName: string;
  readonly name: string;
  readonly projectName: string;
  readonly runName: string;
  readonly type: ArtifactManifestType;
};

export type LinkArtifactInput = {
  readonly aliases?: ReadonlyArray<ArtifactAliasInput> | null | undefined;
  readonly artifactID?: string | number | null | undefined;
  readonly artifactPortfolioID?: string | number | null | undefined;
  readonly artifactPortfolioName?: string | null | undefined;
  readonly clientID?: string | number | null | undefined;
  readonly clientMutationId?: string | null | undefined;
  readonly entityName?: string | null | undefined;
  readonly projectName?: string | null | undefined;
};

export type TagInput = {
  readonly tagName: string;
  readonly tagCategoryName?: string | null | undefined;
  readonly attributes?: string | null | undefined;
};

export type UpdateArtifactManifestInput = {
  readonly artifactManifestID: string | number;
  readonly baseArtifactID?: string | number | null | undefined;
  readonly clientMutationId?: string | null | undefined;
  readonly digest?: string | null | undefined;
};

export type UploadPartsInput = {
  readonly partNumber: number | string;
  readonly hexMD5: string;
};

export type MembershipFactsFragment = { readonly versionIndex: number | null, readonly aliases: ReadonlyArray<{ readonly alias: string }>, readonly artifactCollection:
    | { readonly __typename: 'ArtifactPortfolio', readonly id: string }
    | { readonly __typename: 'ArtifactSequence', readonly id: string }
   | null, readonly artifact: { readonly id: string, readonly state: ArtifactState, readonly createdAt: string, readonly updatedAt: string | null } | null };

export type FindMembershipQueryVariables = Exact<{
  entity: string;
  project: string;
  name: string;
  intoEntity: string;
  intoProject: string;
  into: string;
  isLink: boolean;
}>;


export type FindMembershipQuery = { readonly project: { readonly artifactCollectionMembership: { readonly versionIndex: number | null, readonly aliases: ReadonlyArray<{ readonly alias: string }>, readonly artifactCollection:
        | { readonly __typename: 'ArtifactPortfolio', readonly id: string }
        | { readonly __typename: 'ArtifactSequence', readonly id: string }
       | null, readonly artifact: { readonly id: string, readonly state: ArtifactState, readonly createdAt: string, readonly updatedAt: string | null } | null } | null } | null, readonly into?: { readonly artifactCollection:
      | { readonly __typename: 'ArtifactPortfolio', readonly id: string, readonly state: ArtifactCollectionState, readonly defaultArtifactType: { readonly name: string } }
      | { readonly __typename: 'ArtifactSequence', readonly id: string, readonly state: ArtifactCollectionState, readonly defaultArtifactType: { readonly name: string } }
     | null } | null };

export type ListCollectionAliasesQueryVariables = Exact<{
  entity: string;
  project: string;
  collection: string;
  after?: string | null | undefined;
  first: number;
}>;


export type ListCollectionAliasesQuery = { readonly project: { readonly artifactCollection:
      | { readonly __typename: 'ArtifactPortfolio', readonly aliases: { readonly edges: ReadonlyArray<{ readonly node: { readonly alias: string, readonly artifact: { readonly id: string } | null } | null }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } }
      | { readonly __typename: 'ArtifactSequence', readonly aliases: { readonly edges: ReadonlyArray<{ readonly node: { readonly alias: string, readonly artifact: { readonly id: string } | null } | null }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } }
     | null } | null };

export type AddAliasesMutationVariables = Exact<{
  artifactID: string | number;
  aliases: ReadonlyArray<ArtifactCollectionAliasInput> | ArtifactCollectionAliasInput;
}>;


export type AddAliasesMutation = { readonly addAliases: { readonly success: boolean } | null };

export type DeleteAliasesMutationVariables = Exact<{
  artifactID: string | number;
  aliases: ReadonlyArray<ArtifactCollectionAliasInput> | ArtifactCollectionAliasInput;
}>;


export type DeleteAliasesMutation = { readonly deleteAliases: { readonly success: boolean } | null };

export type LinkArtifactMutationVariables = Exact<{
  input: LinkArtifactInput;
}>;


export type LinkArtifactMutation = { readonly linkArtifact: { readonly versionIndex: number | null } | null };

export type LinkArtifactWithMembershipMutationVariables = Exact<{
  input: LinkArtifactInput;
}>;


export type LinkArtifactWithMembershipMutation = { readonly linkArtifact: { readonly versionIndex: number | null, readonly artifactMembership: { readonly versionIndex: number | null, readonly aliases: ReadonlyArray<{ readonly alias: string }>, readonly artifactCollection:
        | { readonly __typename: 'ArtifactPortfolio', readonly id: string }
        | { readonly __typename: 'ArtifactSequence', readonly id: string }
       | null, readonly artifact: { readonly id: string, readonly state: ArtifactState, readonly createdAt: string, readonly updatedAt: string | null } | null } | null } | null };

export type FindCollectionQueryVariables = Exact<{
  entity: string;
  project: string;
  type: string;
  collection: string;
}>;


export type FindCollectionQuery = { readonly project: { readonly artifactType: { readonly id: string } | null, readonly artifactCollection:
      | { readonly __typename: 'ArtifactPortfolio', readonly id: string, readonly state: ArtifactCollectionState, readonly defaultArtifactType: { readonly name: string } }
      | { readonly __typename: 'ArtifactSequence', readonly id: string, readonly state: ArtifactCollectionState, readonly defaultArtifactType: { readonly name: string } }
     | null } | null };

export type CollectionDigestAlgorithmQueryVariables = Exact<{
  entity: string;
  project: string;
  collection: string;
}>;


export type CollectionDigestAlgorithmQuery = { readonly entity: { readonly xxhashDigestsEnabled: boolean | null } | null, readonly project: { readonly artifactCollection:
      | { readonly __typename: 'ArtifactPortfolio' }
      | { readonly __typename: 'ArtifactSequence', readonly digestAlgorithm: ArtifactDigestAlgorithm | null }
     | null } | null };

export type VersionFactsFragment = { readonly digest: string, readonly versionIndex: number | null, readonly id: string, readonly state: ArtifactState, readonly createdAt: string, readonly updatedAt: string | null, readonly artifactSequence: { readonly id: string }, readonly aliases: ReadonlyArray<{ readonly alias: string, readonly artifactCollection:
      | { readonly id: string }
      | { readonly id: string }
     | null }> };

export type CreateArtifactMutationVariables = Exact<{
  input: CreateArtifactInput;
}>;


export type CreateArtifactMutation = { readonly createArtifact: { readonly artifact: { readonly digest: string, readonly versionIndex: number | null, readonly id: string, readonly state: ArtifactState, readonly createdAt: string, readonly updatedAt: string | null, readonly artifactSequence: { readonly id: string, readonly latestArtifact: { readonly id: string } | null }, readonly aliases: ReadonlyArray<{ readonly alias: string, readonly artifactCollection:
          | { readonly id: string }
          | { readonly id: string }
         | null }> } } | null };

export type CreateArtifactManifestMutationVariables = Exact<{
  input: CreateArtifactManifestInput;
  includeUpload: boolean;
}>;


export type CreateArtifactManifestMutation = { readonly createArtifactManifest: { readonly artifactManifest: { readonly id: string, readonly file: { readonly id: string, readonly uploadUrl?: string | null, readonly uploadHeaders?: ReadonlyArray<string> } } } | null };

export type UpdateArtifactManifestMutationVariables = Exact<{
  input: UpdateArtifactManifestInput;
}>;


export type UpdateArtifactManifestMutation = { readonly updateArtifactManifest: { readonly artifactManifest: { readonly id: string, readonly file: { readonly id: string, readonly uploadUrl: string | null, readonly uploadHeaders: ReadonlyArray<string> } } } | null };

export type CreateArtifactFilesMutationVariables = Exact<{
  input: CreateArtifactFilesInput;
}>;


export type CreateArtifactFilesMutation = { readonly createArtifactFiles: { readonly files: { readonly edges: ReadonlyArray<{ readonly node: { readonly storagePath: string | null, readonly uploadUrl: string | null, readonly uploadHeaders: ReadonlyArray<string>, readonly uploadMultipartUrls: { readonly uploadID: string, readonly uploadUrlParts: ReadonlyArray<{ readonly partNumber: number | string, readonly uploadUrl: string }> } | null, readonly artifact: { readonly id: string } | null } | null }> } } | null };

export type CompleteMultipartUploadArtifactMutationVariables = Exact<{
  input: CompleteMultipartUploadArtifactInput;
}>;


export type CompleteMultipartUploadArtifactMutation = { readonly completeMultipartUploadArtifact: { readonly digest: string | null } | null };

export type CommitArtifactMutationVariables = Exact<{
  id: string | number;
}>;


export type CommitArtifactMutation = { readonly commitArtifact: { readonly artifact: { readonly digest: string, readonly versionIndex: number | null, readonly id: string, readonly state: ArtifactState, readonly createdAt: string, readonly updatedAt: string | null, readonly artifactSequence: { readonly id: string }, readonly aliases: ReadonlyArray<{ readonly alias: string, readonly artifactCollection:
          | { readonly id: string }
          | { readonly id: string }
         | null }> } } | null };

export type FindArtifactQueryVariables = Exact<{
  id: string | number;
}>;


export type FindArtifactQuery = { readonly artifact: { readonly digest: string, readonly versionIndex: number | null, readonly id: string, readonly state: ArtifactState, readonly createdAt: string, readonly updatedAt: string | null, readonly artifactSequence: { readonly id: string }, readonly aliases: ReadonlyArray<{ readonly alias: string, readonly artifactCollection:
        | { readonly id: string }
        | { readonly id: string }
       | null }> } | null };

export type FindDeletableQueryVariables = Exact<{
  entity: string;
  project: string;
  name: string;
}>;


export type FindDeletableQuery = { readonly project: { readonly artifactCollectionMembership: { readonly aliases: ReadonlyArray<{ readonly alias: string }>, readonly artifactCollection:
        | { readonly __typename: 'ArtifactPortfolio', readonly id: string }
        | { readonly __typename: 'ArtifactSequence', readonly id: string }
       | null, readonly artifact: { readonly id: string, readonly aliases: ReadonlyArray<{ readonly alias: string, readonly artifactCollection:
            | { readonly id: string, readonly name: string }
            | { readonly id: string, readonly name: string }
           | null }> } | null } | null } | null };

export type DeleteArtifactMutationVariables = Exact<{
  id: string | number;
  deleteAliases: boolean;
}>;


export type DeleteArtifactMutation = { readonly deleteArtifact: { readonly artifact: { readonly id: string } } | null };

export type UnlinkArtifactMutationVariables = Exact<{
  artifactID: string | number;
  portfolioID: string | number;
}>;


export type UnlinkArtifactMutation = { readonly unlinkArtifact: { readonly success: boolean } | null };

export type DeleteArtifactSequenceMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteArtifactSequenceMutation = { readonly deleteArtifactSequence: { readonly artifactCollection:
      | { readonly id: string, readonly state: ArtifactCollectionState }
      | { readonly id: string, readonly state: ArtifactCollectionState }
     } | null };

export type DeleteArtifactPortfolioMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteArtifactPortfolioMutation = { readonly deleteArtifactPortfolio: { readonly artifactCollection:
      | { readonly id: string, readonly state: ArtifactCollectionState }
      | { readonly id: string, readonly state: ArtifactCollectionState }
     } | null };

export type ViewerAndOrganizationsQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerAndOrganizationsQuery = { readonly viewer: { readonly id: string, readonly entity: string | null, readonly createdAt: string, readonly organizations: ReadonlyArray<{ readonly name: string, readonly orgEntity: { readonly id: string, readonly name: string, readonly createdAt: string } | null }>, readonly teams: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly name: string, readonly createdAt: string } | null }> } | null } | null };

export type ListArtifactTypesQueryVariables = Exact<{
  entity: string;
  project: string;
  after?: string | null | undefined;
  first: number;
}>;


export type ListArtifactTypesQuery = { readonly project: { readonly artifactTypes: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly name: string, readonly createdAt: string } | null }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } } | null };

export type ListCollectionsQueryVariables = Exact<{
  entity: string;
  project: string;
  type: string;
  after?: string | null | undefined;
  first: number;
}>;


export type ListCollectionsQuery = { readonly project: { readonly artifactType: { readonly artifactCollections: { readonly edges: ReadonlyArray<{ readonly node:
            | { readonly id: string, readonly name: string, readonly state: ArtifactCollectionState, readonly createdAt: string, readonly updatedAt: string | null, readonly defaultArtifactType: { readonly name: string } }
            | { readonly id: string, readonly name: string, readonly state: ArtifactCollectionState, readonly createdAt: string, readonly updatedAt: string | null, readonly defaultArtifactType: { readonly name: string } }
           | null }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } | null } | null } | null };

export type ListVersionsQueryVariables = Exact<{
  entity: string;
  project: string;
  type: string;
  collection: string;
  filters?: string | null | undefined;
  after?: string | null | undefined;
  first: number;
}>;


export type ListVersionsQuery = { readonly project: { readonly artifactType: { readonly artifactCollection:
        | { readonly id: string, readonly name: string, readonly state: ArtifactCollectionState, readonly createdAt: string, readonly updatedAt: string | null, readonly artifacts: { readonly edges: ReadonlyArray<{ readonly version: string, readonly node: { readonly id: string, readonly state: ArtifactState, readonly createdAt: string, readonly updatedAt: string | null, readonly aliases: ReadonlyArray<{ readonly alias: string, readonly artifactCollection:
                    | { readonly id: string }
                    | { readonly id: string }
                   | null }> } }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } }, readonly defaultArtifactType: { readonly name: string } }
        | { readonly id: string, readonly name: string, readonly state: ArtifactCollectionState, readonly createdAt: string, readonly updatedAt: string | null, readonly artifacts: { readonly edges: ReadonlyArray<{ readonly version: string, readonly node: { readonly id: string, readonly state: ArtifactState, readonly createdAt: string, readonly updatedAt: string | null, readonly aliases: ReadonlyArray<{ readonly alias: string, readonly artifactCollection:
                    | { readonly id: string }
                    | { readonly id: string }
                   | null }> } }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } }, readonly defaultArtifactType: { readonly name: string } }
       | null } | null } | null };

export type LookUpArtifactTypeQueryVariables = Exact<{
  entity: string;
  project: string;
  type: string;
}>;


export type LookUpArtifactTypeQuery = { readonly project: { readonly id: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly lastActive: string | null, readonly artifactType: { readonly description: string | null, readonly id: string, readonly name: string, readonly createdAt: string } | null, readonly entity: { readonly id: string, readonly name: string, readonly createdAt: string } } | null };

export type LookUpCollectionQueryVariables = Exact<{
  entity: string;
  project: string;
  type: string;
  collection: string;
}>;


export type LookUpCollectionQuery = { readonly project: { readonly id: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly lastActive: string | null, readonly artifactType: { readonly id: string, readonly name: string, readonly createdAt: string, readonly artifactCollection:
        | { readonly __typename: 'ArtifactPortfolio', readonly description: string | null, readonly id: string, readonly name: string, readonly state: ArtifactCollectionState, readonly createdAt: string, readonly updatedAt: string | null, readonly tags: { readonly edges: ReadonlyArray<{ readonly node: { readonly name: string } }> }, readonly defaultArtifactType: { readonly name: string } }
        | { readonly __typename: 'ArtifactSequence', readonly description: string | null, readonly id: string, readonly name: string, readonly state: ArtifactCollectionState, readonly createdAt: string, readonly updatedAt: string | null, readonly tags: { readonly edges: ReadonlyArray<{ readonly node: { readonly name: string } }> }, readonly defaultArtifactType: { readonly name: string } }
       | null } | null, readonly entity: { readonly id: string, readonly name: string, readonly createdAt: string } } | null };

export type VersionInfoQueryVariables = Exact<{
  id: string | number;
}>;


export type VersionInfoQuery = { readonly artifact: { readonly digest: string, readonly digestAlgorithm: ArtifactDigestAlgorithm | null, readonly size: number | string, readonly fileCount: number | string, readonly description: string | null, readonly metadata: string | null, readonly ttlDurationSeconds: number | string, readonly versionIndex: number | null, readonly id: string, readonly state: ArtifactState, readonly createdAt: string, readonly updatedAt: string | null, readonly tags: ReadonlyArray<{ readonly name: string }>, readonly artifactType: { readonly name: string }, readonly artifactSequence: { readonly id: string, readonly name: string, readonly project: { readonly name: string, readonly entity: { readonly name: string } } }, readonly aliases: ReadonlyArray<{ readonly alias: string, readonly artifactCollection:
        | { readonly id: string }
        | { readonly id: string }
       | null }> } | null };

export type LookUpVersionQueryVariables = Exact<{
  entity: string;
  project: string;
  type: string;
  collection: string;
  alias: string;
  names?: ReadonlyArray<string> | string | null | undefined;
  first: number;
  hasNames: boolean;
  hasManifest: boolean;
  hasFeatures: boolean;
}>;


export type LookUpVersionQuery = { readonly serverInfo?: { readonly features: ReadonlyArray<{ readonly name: string, readonly isEnabled: boolean }> } | null, readonly project: { readonly id: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly lastActive: string | null, readonly artifactType: { readonly id: string, readonly name: string, readonly createdAt: string, readonly artifactCollection:
        | { readonly id: string, readonly name: string, readonly state: ArtifactCollectionState, readonly createdAt: string, readonly updatedAt: string | null, readonly artifactMembership: { readonly versionIndex: number | null, readonly aliases: ReadonlyArray<{ readonly alias: string }>, readonly artifact: { readonly id: string, readonly state: ArtifactState, readonly createdAt: string, readonly updatedAt: string | null } & { readonly currentManifest?: { readonly file: { readonly directUrl: string } } | null } | null, readonly files?: { readonly edges: ReadonlyArray<{ readonly node: { readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly digest: string | null, readonly url: string | null, readonly directUrl: string } | null }> } } | null, readonly defaultArtifactType: { readonly name: string } }
        | { readonly id: string, readonly name: string, readonly state: ArtifactCollectionState, readonly createdAt: string, readonly updatedAt: string | null, readonly artifactMembership: { readonly versionIndex: number | null, readonly aliases: ReadonlyArray<{ readonly alias: string }>, readonly artifact: { readonly id: string, readonly state: ArtifactState, readonly createdAt: string, readonly updatedAt: string | null } & { readonly currentManifest?: { readonly file: { readonly directUrl: string } } | null } | null, readonly files?: { readonly edges: ReadonlyArray<{ readonly node: { readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly digest: string | null, readonly url: string | null, readonly directUrl: string } | null }> } } | null, readonly defaultArtifactType: { readonly name: string } }
       | null } | null, readonly entity: { readonly id: string, readonly name: string, readonly createdAt: string } } | null };

export type LookUpVersionByNameQueryVariables = Exact<{
  entity: string;
  project: string;
  type: string;
  collection: string;
  version: string;
  names?: ReadonlyArray<string> | string | null | undefined;
  first: number;
  hasNames: boolean;
  hasManifest: boolean;
}>;


export type LookUpVersionByNameQuery = { readonly project: { readonly id: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly lastActive: string | null, readonly artifactType: { readonly id: string, readonly name: string, readonly createdAt: string, readonly artifactCollection:
        | { readonly id: string, readonly name: string, readonly state: ArtifactCollectionState, readonly createdAt: string, readonly updatedAt: string | null, readonly defaultArtifactType: { readonly name: string } }
        | { readonly id: string, readonly name: string, readonly state: ArtifactCollectionState, readonly createdAt: string, readonly updatedAt: string | null, readonly defaultArtifactType: { readonly name: string } }
       | null } | null, readonly artifact: { readonly versionIndex: number | null, readonly id: string, readonly state: ArtifactState, readonly createdAt: string, readonly updatedAt: string | null, readonly aliases: ReadonlyArray<{ readonly alias: string, readonly artifactCollection:
          | { readonly id: string }
          | { readonly id: string }
         | null }>, readonly files?: { readonly edges: ReadonlyArray<{ readonly node: { readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly digest: string | null, readonly url: string | null, readonly directUrl: string } | null }> } } & { readonly currentManifest?: { readonly file: { readonly directUrl: string } } | null } | null, readonly entity: { readonly id: string, readonly name: string, readonly createdAt: string } } | null };

export type MembershipFileAddressesQueryVariables = Exact<{
  entity: string;
  project: string;
  collection: string;
  alias: string;
  names: ReadonlyArray<string> | string;
  first: number;
}>;


export type MembershipFileAddressesQuery = { readonly project: { readonly artifactCollection:
      | { readonly artifactMembership: { readonly files: { readonly pageInfo: { readonly hasNextPage: boolean }, readonly edges: ReadonlyArray<{ readonly node: { readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly digest: string | null, readonly url: string | null, readonly directUrl: string } | null }> } } | null }
      | { readonly artifactMembership: { readonly files: { readonly pageInfo: { readonly hasNextPage: boolean }, readonly edges: ReadonlyArray<{ readonly node: { readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly digest: string | null, readonly url: string | null, readonly directUrl: string } | null }> } } | null }
     | null } | null };

export type ArtifactFileAddressesQueryVariables = Exact<{
  id: string | number;
  names: ReadonlyArray<string> | string;
  first: number;
}>;


export type ArtifactFileAddressesQuery = { readonly artifact: { readonly files: { readonly pageInfo: { readonly hasNextPage: boolean }, readonly edges: ReadonlyArray<{ readonly node: { readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly digest: string | null, readonly url: string | null, readonly directUrl: string } | null }> } } | null };

export type FindManifestQueryVariables = Exact<{
  id: string | number;
}>;


export type FindManifestQuery = { readonly artifact: { readonly currentManifest: { readonly file: { readonly directUrl: string } } | null } | null };

export type FindReferencedQueryVariables = Exact<{
  id: string | number;
}>;


export type FindReferencedQuery = { readonly artifact: { readonly versionIndex: number | null, readonly id: string, readonly state: ArtifactState, readonly createdAt: string, readonly updatedAt: string | null, readonly artifactSequence: { readonly id: string, readonly name: string, readonly project: { readonly name: string, readonly entity: { readonly name: string } } }, readonly currentManifest: { readonly file: { readonly directUrl: string } } | null } | null };

export type ArtifactTypeFactsFragment = { readonly id: string, readonly name: string, readonly createdAt: string };

type CollectionFacts_ArtifactPortfolio_Fragment = { readonly id: string, readonly name: string, readonly state: ArtifactCollectionState, readonly createdAt: string, readonly updatedAt: string | null, readonly defaultArtifactType: { readonly name: string } };

type CollectionFacts_ArtifactSequence_Fragment = { readonly id: string, readonly name: string, readonly state: ArtifactCollectionState, readonly createdAt: string, readonly updatedAt: string | null, readonly defaultArtifactType: { readonly name: string } };

export type CollectionFactsFragment =
  | CollectionFacts_ArtifactPortfolio_Fragment
  | CollectionFacts_ArtifactSequence_Fragment
;

type CollectionKind_ArtifactPortfolio_Fragment = { readonly __typename: 'ArtifactPortfolio', readonly id: string, readonly state: ArtifactCollectionState, readonly defaultArtifactType: { readonly name: string } };

type CollectionKind_ArtifactSequence_Fragment = { readonly __typename: 'ArtifactSequence', readonly id: string, readonly state: ArtifactCollectionState, readonly defaultArtifactType: { readonly name: string } };

export type CollectionKindFragment =
  | CollectionKind_ArtifactPortfolio_Fragment
  | CollectionKind_ArtifactSequence_Fragment
;

export type SequenceNameFragment = { readonly id: string, readonly name: string, readonly project: { readonly name: string, readonly entity: { readonly name: string } } };

export type CollectionAliasFragment = { readonly alias: string, readonly artifactCollection:
    | { readonly id: string }
    | { readonly id: string }
   | null };

export type ListedVersionFragment = { readonly id: string, readonly state: ArtifactState, readonly createdAt: string, readonly updatedAt: string | null };

export type ManifestAddressFragment = { readonly currentManifest: { readonly file: { readonly directUrl: string } } | null };

export type ArtifactFileRowFragment = { readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly digest: string | null, readonly url: string | null, readonly directUrl: string };

export type ArtifactFileRowsFragment = { readonly edges: ReadonlyArray<{ readonly node: { readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly digest: string | null, readonly url: string | null, readonly directUrl: string } | null }> };

export type LookUpQueryVariables = Exact<{
  entity: string;
  project: string;
  run: string;
  names?: ReadonlyArray<string | null | undefined> | string | null | undefined;
  first: number;
  hasNames: boolean;
  pattern?: string | null | undefined;
  hasPattern: boolean;
  page: number;
  hasListing: boolean;
}>;


export type LookUpQuery = { readonly project: { readonly id: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly lastActive: string | null, readonly run: { readonly id: string, readonly projectId: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly heartbeatAt: string | null, readonly asked?: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly createdAt: string | null, readonly updatedAt: string | null, readonly url: string | null, readonly directUrl: string } | null }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null, readonly below?: { readonly edges: ReadonlyArray<{ readonly node: { readonly updatedAt: string | null } | null }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null, readonly listing?: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly id: string, readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly createdAt: string | null, readonly updatedAt: string | null } | null }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } | null } | null, readonly entity: { readonly id: string, readonly name: string, readonly createdAt: string } } | null };

export type LookUpRunsQueryVariables = Exact<{
  entity: string;
  project: string;
  run: string;
  names?: ReadonlyArray<string | null | undefined> | string | null | undefined;
  first: number;
  hasNames: boolean;
  page: number;
}>;


export type LookUpRunsQuery = { readonly project: { readonly id: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly lastActive: string | null, readonly run: { readonly id: string, readonly projectId: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly heartbeatAt: string | null, readonly asked?: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly createdAt: string | null, readonly updatedAt: string | null, readonly url: string | null, readonly directUrl: string } | null }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null, readonly listing: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly id: string, readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly createdAt: string | null, readonly updatedAt: string | null } | null }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } | null } | null, readonly entity: { readonly id: string, readonly name: string, readonly createdAt: string } } | null };

export type ListFilesQueryVariables = Exact<{
  entity: string;
  project: string;
  run: string;
  after?: string | null | undefined;
  first: number;
}>;


export type ListFilesQuery = { readonly project: { readonly run: { readonly projectId: string, readonly files: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly id: string, readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly createdAt: string | null, readonly updatedAt: string | null } | null }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } | null } | null } | null };

export type FileAddressesQueryVariables = Exact<{
  entity: string;
  project: string;
  run: string;
  names: ReadonlyArray<string | null | undefined> | string;
  first: number;
}>;


export type FileAddressesQuery = { readonly project: { readonly run: { readonly files: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly createdAt: string | null, readonly updatedAt: string | null, readonly url: string | null, readonly directUrl: string } | null }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null } | null } | null };

export type FileIdsQueryVariables = Exact<{
  entity: string;
  project: string;
  run: string;
  names: ReadonlyArray<string | null | undefined> | string;
  first: number;
}>;


export type FileIdsQuery = { readonly project: { readonly run: { readonly projectId: string, readonly files: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly name: string } | null }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null } | null } | null };

export type CreateRunFilesMutationVariables = Exact<{
  entity: string;
  project: string;
  run: string;
  files: ReadonlyArray<string> | string;
}>;


export type CreateRunFilesMutation = { readonly createRunFiles: { readonly uploadHeaders: ReadonlyArray<string>, readonly files: ReadonlyArray<{ readonly name: string, readonly uploadUrl: string | null }> } | null };

export type MarkRunFilesUploadedMutationVariables = Exact<{
  entity: string;
  project: string;
  run: string;
  files: ReadonlyArray<string> | string;
}>;


export type MarkRunFilesUploadedMutation = { readonly markRunFilesUploaded: { readonly success: boolean | null } | null };

export type DeleteFilesMutationVariables = Exact<{
  files: ReadonlyArray<string | number> | string | number;
  projectId?: number | null | undefined;
}>;


export type DeleteFilesMutation = { readonly deleteFiles: { readonly success: boolean } | null };

export type RowsWithUrlsFragment = { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly createdAt: string | null, readonly updatedAt: string | null, readonly url: string | null, readonly directUrl: string } | null }>, readonly pageInfo: { readonly hasNextPage: boolean } };

export type ListedRowsFragment = { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly id: string, readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly createdAt: string | null, readonly updatedAt: string | null } | null }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } };

export type EntityFactsFragment = { readonly id: string, readonly name: string, readonly createdAt: string };

export type ProjectFactsFragment = { readonly id: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly lastActive: string | null };

export type ProjectWithEntityFragment = { readonly id: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly lastActive: string | null, readonly entity: { readonly id: string, readonly name: string, readonly createdAt: string } };

export type NextPageFragment = { readonly endCursor: string | null, readonly hasNextPage: boolean };

export type RunFactsFragment = { readonly id: string, readonly projectId: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly heartbeatAt: string | null };

export type FileRowFragment = { readonly id: string, readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly createdAt: string | null, readonly updatedAt: string | null };

export type FileUrlsFragment = { readonly url: string | null, readonly directUrl: string };

export type UserNameFragment = { readonly username: string | null, readonly name: string };

export type RunDetailsFragment = { readonly displayName: string | null, readonly state: string | null, readonly tags: ReadonlyArray<string> | null, readonly group: string | null, readonly jobType: string | null, readonly sweepName: string | null, readonly description: string | null, readonly notes: string | null, readonly config: string | null, readonly summaryMetrics: string | null, readonly commit: string | null, readonly host: string | null, readonly exitcode: number | null, readonly fileCount: number | null, readonly id: string, readonly projectId: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly heartbeatAt: string | null, readonly user: { readonly username: string | null, readonly name: string } | null };

export type EntityInfoQueryVariables = Exact<{
  entity: string;
}>;


export type EntityInfoQuery = { readonly entity: { readonly isTeam: boolean, readonly id: string, readonly name: string, readonly createdAt: string } | null };

export type ProjectInfoQueryVariables = Exact<{
  entity: string;
  project: string;
}>;


export type ProjectInfoQuery = { readonly project: { readonly entityName: string, readonly description: string | null, readonly runCount: number, readonly id: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly lastActive: string | null, readonly user: { readonly username: string | null, readonly name: string } | null } | null };

export type RunInfoQueryVariables = Exact<{
  entity: string;
  project: string;
  run: string;
}>;


export type RunInfoQuery = { readonly project: { readonly run: { readonly displayName: string | null, readonly state: string | null, readonly tags: ReadonlyArray<string> | null, readonly group: string | null, readonly jobType: string | null, readonly sweepName: string | null, readonly description: string | null, readonly notes: string | null, readonly config: string | null, readonly summaryMetrics: string | null, readonly commit: string | null, readonly host: string | null, readonly exitcode: number | null, readonly fileCount: number | null, readonly id: string, readonly projectId: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly heartbeatAt: string | null, readonly user: { readonly username: string | null, readonly name: string } | null } | null } | null };

export type FileInfoQueryVariables = Exact<{
  entity: string;
  project: string;
  run: string;
  names: ReadonlyArray<string | null | undefined> | string;
}>;


export type FileInfoQuery = { readonly project: { readonly run: { readonly files: { readonly edges: ReadonlyArray<{ readonly node: { readonly mimetype: string | null, readonly id: string, readonly name: string, readonly sizeBytes: number | string, readonly md5: string | null, readonly createdAt: string | null, readonly updatedAt: string | null } | null }> } | null } | null } | null };

export type FindRunsQueryVariables = Exact<{
  entity: string;
  project: string;
  filters?: string | null | undefined;
  order?: string | null | undefined;
  after?: string | null | undefined;
  first: number;
}>;


export type FindRunsQuery = { readonly project: { readonly id: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly lastActive: string | null, readonly runs: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly displayName: string | null, readonly state: string | null, readonly tags: ReadonlyArray<string> | null, readonly group: string | null, readonly jobType: string | null, readonly sweepName: string | null, readonly description: string | null, readonly notes: string | null, readonly config: string | null, readonly summaryMetrics: string | null, readonly commit: string | null, readonly host: string | null, readonly exitcode: number | null, readonly fileCount: number | null, readonly id: string, readonly projectId: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly heartbeatAt: string | null, readonly user: { readonly username: string | null, readonly name: string } | null } }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } | null, readonly entity: { readonly id: string, readonly name: string, readonly createdAt: string } } | null };

export type FindEntityQueryVariables = Exact<{
  entity: string;
}>;


export type FindEntityQuery = { readonly entity: { readonly id: string, readonly name: string, readonly createdAt: string } | null };

export type ListProjectsQueryVariables = Exact<{
  entity: string;
  after?: string | null | undefined;
  first: number;
}>;


export type ListProjectsQuery = { readonly entity: { readonly id: string, readonly name: string, readonly createdAt: string } | null, readonly projects: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly lastActive: string | null } | null }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } | null };

export type FindProjectQueryVariables = Exact<{
  entity: string;
  project: string;
}>;


export type FindProjectQuery = { readonly project: { readonly id: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly lastActive: string | null, readonly entity: { readonly id: string, readonly name: string, readonly createdAt: string } } | null };

export type CreateProjectMutationVariables = Exact<{
  entity: string;
  project: string;
}>;


export type CreateProjectMutation = { readonly upsertModel: { readonly inserted: boolean | null, readonly project: { readonly id: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly lastActive: string | null } | null } | null };

export type DeleteProjectMutationVariables = Exact<{
  id: string;
}>;


export type DeleteProjectMutation = { readonly deleteModel: { readonly success: boolean | null } | null };

export type ConsoleLinesQueryVariables = Exact<{
  entity: string;
  project: string;
  run: string;
  after?: string | null | undefined;
  first?: number | null | undefined;
  last?: number | null | undefined;
}>;


export type ConsoleLinesQuery = { readonly project: { readonly run: { readonly logLines: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly number: number | null, readonly level: string | null, readonly timestamp: string | null, readonly line: string | null } }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } | null } | null } | null };

export type ViewedRunFragment = { readonly state: string | null, readonly config: string | null, readonly summaryMetrics: string | null, readonly historyLineCount: number | null, readonly id: string, readonly projectId: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly heartbeatAt: string | null };

export type RunViewsQueryVariables = Exact<{
  entity: string;
  project: string;
  run: string;
}>;


export type RunViewsQuery = { readonly project: { readonly run: { readonly state: string | null, readonly config: string | null, readonly summaryMetrics: string | null, readonly historyLineCount: number | null, readonly id: string, readonly projectId: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly heartbeatAt: string | null } | null } | null };

export type RunHistoryEndQueryVariables = Exact<{
  entity: string;
  project: string;
  run: string;
}>;


export type RunHistoryEndQuery = { readonly project: { readonly run: { readonly historyKeys: unknown, readonly historyLineCount: number | null } | null } | null };

export type RunHistoryQueryVariables = Exact<{
  entity: string;
  project: string;
  run: string;
  minStep: number | string;
  maxStep: number | string;
  samples: number;
}>;


export type RunHistoryQuery = { readonly project: { readonly run: { readonly history: ReadonlyArray<string> } | null } | null };

export type ListRunsQueryVariables = Exact<{
  entity: string;
  project: string;
  after?: string | null | undefined;
  first: number;
}>;


export type ListRunsQuery = { readonly project: { readonly runs: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly id: string, readonly projectId: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly heartbeatAt: string | null } }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } | null } | null };

export type FindProjectAndRunsQueryVariables = Exact<{
  entity: string;
  project: string;
  first: number;
}>;


export type FindProjectAndRunsQuery = { readonly project: { readonly id: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly lastActive: string | null, readonly runs: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly id: string, readonly projectId: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly heartbeatAt: string | null } }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } | null, readonly entity: { readonly id: string, readonly name: string, readonly createdAt: string } } | null };

export type RunPageFragment = { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly id: string, readonly projectId: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly heartbeatAt: string | null } }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } };

export type FindRunsByTitleQueryVariables = Exact<{
  entity: string;
  project: string;
  filters: string;
  first: number;
}>;


export type FindRunsByTitleQuery = { readonly project: { readonly runs: { readonly edges: ReadonlyArray<{ readonly node: { readonly name: string, readonly displayName: string | null } }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } | null } | null };

export type CreateRunMutationVariables = Exact<{
  entity: string;
  project: string;
  run: string;
  jobType?: string | null | undefined;
  host?: string | null | undefined;
}>;


export type CreateRunMutation = { readonly upsertBucket: { readonly inserted: boolean | null, readonly bucket: { readonly id: string, readonly projectId: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly heartbeatAt: string | null } | null } | null };

export type DeleteRunMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteRunMutation = { readonly deleteRun: { readonly clientMutationId: string | null } | null };

export type ViewerFactsFragment = { readonly id: string, readonly entity: string | null, readonly createdAt: string, readonly teams: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly name: string, readonly createdAt: string } | null }> } | null };

export type FeatureFactsFragment = { readonly features: ReadonlyArray<{ readonly name: string, readonly isEnabled: boolean }> };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { readonly viewer: { readonly id: string, readonly entity: string | null, readonly createdAt: string, readonly teams: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly name: string, readonly createdAt: string } | null }> } | null } | null };

export type ServerFeaturesQueryVariables = Exact<{ [key: string]: never; }>;


export type ServerFeaturesQuery = { readonly serverInfo: { readonly features: ReadonlyArray<{ readonly name: string, readonly isEnabled: boolean }> } | null };

export type RunViewsWithParquetQueryVariables = Exact<{
  entity: string;
  project: string;
  run: string;
}>;


export type RunViewsWithParquetQuery = { readonly project: { readonly run: { readonly state: string | null, readonly config: string | null, readonly summaryMetrics: string | null, readonly historyLineCount: number | null, readonly id: string, readonly projectId: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string | null, readonly heartbeatAt: string | null, readonly parquetHistory: { readonly parquetUrls: ReadonlyArray<string> } | null } | null } | null };

export const FindMembershipDocument = `query FindMembership($entity: String!, $project: String!, $name: String!, $intoEntity: String!, $intoProject: String!, $into: String!, $isLink: Boolean!) {
  project(name: $project, entityName: $entity) {
    artifactCollectionMembership(name: $name) {
      ...MembershipFacts
    }
  }
  into: project(name: $intoProject, entityName: $intoEntity) @include(if: $isLink) {
    artifactCollection(name: $into) {
      ...CollectionKind
    }
  }
}

fragment MembershipFacts on ArtifactCollectionMembership {
  versionIndex
  aliases {
    alias
  }
  artifactCollection {
    __typename
    id
  }
  artifact {
    ...ListedVersion
  }
}

fragment CollectionKind on ArtifactCollection {
  __typename
  id
  state
  defaultArtifactType {
    name
  }
}

fragment ListedVersion on Artifact {
  id
  state
  createdAt
  updatedAt
}` as Document<FindMembershipQuery, FindMembershipQueryVariables>;
export const ListCollectionAliasesDocument = `query ListCollectionAliases($entity: String!, $project: String!, $collection: String!, $after: String, $first: Int!) {
  project(name: $project, entityName: $entity) {
    artifactCollection(name: $collection) {
      __typename
      aliases(after: $after, first: $first) {
        edges {
          node {
            alias
            artifact {
              id
            }
          }
        }
        pageInfo {
          ...NextPage
        }
      }
    }
  }
}

fragment NextPage on PageInfo {
  endCursor
  hasNextPage
}` as Document<ListCollectionAliasesQuery, ListCollectionAliasesQueryVariables>;
export const AddAliasesDocument = `mutation AddAliases($artifactID: ID!, $aliases: [ArtifactCollectionAliasInput!]!) {
  addAliases(input: {artifactID: $artifactID, aliases: $aliases}) {
    success
  }
}` as Document<AddAliasesMutation, AddAliasesMutationVariables>;
export const DeleteAliasesDocument = `mutation DeleteAliases($artifactID: ID!, $aliases: [ArtifactCollectionAliasInput!]!) {
  deleteAliases(input: {artifactID: $artifactID, aliases: $aliases}) {
    success
  }
}` as Document<DeleteAliasesMutation, DeleteAliasesMutationVariables>;
export const LinkArtifactDocument = `mutation LinkArtifact($input: LinkArtifactInput!) {
  linkArtifact(input: $input) {
    versionIndex
  }
}` as Document<LinkArtifactMutation, LinkArtifactMutationVariables>;
export const LinkArtifactWithMembershipDocument = `mutation LinkArtifactWithMembership($input: LinkArtifactInput!) {
  linkArtifact(input: $input) {
    versionIndex
    artifactMembership {
      ...MembershipFacts
    }
  }
}

fragment MembershipFacts on ArtifactCollectionMembership {
  versionIndex
  aliases {
    alias
  }
  artifactCollection {
    __typename
    id
  }
  artifact {
    ...ListedVersion
  }
}

fragment ListedVersion on Artifact {
  id
  state
  createdAt
  updatedAt
}` as Document<LinkArtifactWithMembershipMutation, LinkArtifactWithMembershipMutationVariables>;
export const FindCollectionDocument = `query FindCollection($entity: String!, $project: String!, $type: String!, $collection: String!) {
  project(name: $project, entityName: $entity) {
    artifactType(name: $type) {
      id
    }
    artifactCollection(name: $collection) {
      ...CollectionKind
    }
  }
}

fragment CollectionKind on ArtifactCollection {
  __typename
  id
  state
  defaultArtifactType {
    name
  }
}` as Document<FindCollectionQuery, FindCollectionQueryVariables>;
export const CollectionDigestAlgorithmDocument = `query CollectionDigestAlgorithm($entity: String!, $project: String!, $collection: String!) {
  entity(name: $entity) {
    xxhashDigestsEnabled
  }
  project(name: $project, entityName: $entity) {
    artifactCollection(name: $collection) {
      __typename
      ... on ArtifactSequence {
        digestAlgorithm
      }
    }
  }
}` as Document<CollectionDigestAlgorithmQuery, CollectionDigestAlgorithmQueryVariables>;
export const CreateArtifactDocument = `mutation CreateArtifact($input: CreateArtifactInput!) {
  createArtifact(input: $input) {
    artifact {
      ...VersionFacts
      artifactSequence {
        latestArtifact {
          id
        }
      }
    }
  }
}

fragment VersionFacts on Artifact {
  ...ListedVersion
  digest
  versionIndex
  artifactSequence {
    id
  }
  aliases {
    ...CollectionAlias
  }
}

fragment ListedVersion on Artifact {
  id
  state
  createdAt
  updatedAt
}

fragment CollectionAlias on ArtifactAlias {
  alias
  artifactCollection {
    id
  }
}` as Document<CreateArtifactMutation, CreateArtifactMutationVariables>;
export const CreateArtifactManifestDocument = `mutation CreateArtifactManifest($input: CreateArtifactManifestInput!, $includeUpload: Boolean!) {
  createArtifactManifest(input: $input) {
    artifactManifest {
      id
      file {
        id
        uploadUrl @include(if: $includeUpload)
        uploadHeaders @include(if: $includeUpload)
      }
    }
  }
}` as Document<CreateArtifactManifestMutation, CreateArtifactManifestMutationVariables>;
export const UpdateArtifactManifestDocument = `mutation UpdateArtifactManifest($input: UpdateArtifactManifestInput!) {
  updateArtifactManifest(input: $input) {
    artifactManifest {
      id
      file {
        id
        uploadUrl
        uploadHeaders
      }
    }
  }
}` as Document<UpdateArtifactManifestMutation, UpdateArtifactManifestMutationVariables>;
export const CreateArtifactFilesDocument = `mutation CreateArtifactFiles($input: CreateArtifactFilesInput!) {
  createArtifactFiles(input: $input) {
    files {
      edges {
        node {
          storagePath
          uploadUrl
          uploadHeaders
          uploadMultipartUrls {
            uploadID
            uploadUrlParts {
              partNumber
              uploadUrl
            }
          }
          artifact {
            id
          }
        }
      }
    }
  }
}` as Document<CreateArtifactFilesMutation, CreateArtifactFilesMutationVariables>;
export const CompleteMultipartUploadArtifactDocument = `mutation CompleteMultipartUploadArtifact($input: CompleteMultipartUploadArtifactInput!) {
  completeMultipartUploadArtifact(input: $input) {
    digest
  }
}` as Document<CompleteMultipartUploadArtifactMutation, CompleteMultipartUploadArtifactMutationVariables>;
export const CommitArtifactDocument = `mutation CommitArtifact($id: ID!) {
  commitArtifact(input: {artifactID: $id}) {
    artifact {
      ...VersionFacts
    }
  }
}

fragment VersionFacts on Artifact {
  ...ListedVersion
  digest
  versionIndex
  artifactSequence {
    id
  }
  aliases {
    ...CollectionAlias
  }
}

fragment ListedVersion on Artifact {
  id
  state
  createdAt
  updatedAt
}

fragment CollectionAlias on ArtifactAlias {
  alias
  artifactCollection {
    id
  }
}` as Document<CommitArtifactMutation, CommitArtifactMutationVariables>;
export const FindArtifactDocument = `query FindArtifact($id: ID!) {
  artifact(id: $id) {
    ...VersionFacts
  }
}

fragment VersionFacts on Artifact {
  ...ListedVersion
  digest
  versionIndex
  artifactSequence {
    id
  }
  aliases {
    ...CollectionAlias
  }
}

fragment ListedVersion on Artifact {
  id
  state
  createdAt
  updatedAt
}

fragment CollectionAlias on ArtifactAlias {
  alias
  artifactCollection {
    id
  }
}` as Document<FindArtifactQuery, FindArtifactQueryVariables>;
export const FindDeletableDocument = `query FindDeletable($entity: String!, $project: String!, $name: String!) {
  project(name: $project, entityName: $entity) {
    artifactCollectionMembership(name: $name) {
      aliases {
        alias
      }
      artifactCollection {
        __typename
        id
      }
      artifact {
        id
        aliases {
          alias
          artifactCollection {
            id
            name
          }
        }
      }
    }
  }
}` as Document<FindDeletableQuery, FindDeletableQueryVariables>;
export const DeleteArtifactDocument = `mutation DeleteArtifact($id: ID!, $deleteAliases: Boolean!) {
  deleteArtifact(input: {artifactID: $id, deleteAliases: $deleteAliases}) {
    artifact {
      id
    }
  }
}` as Document<DeleteArtifactMutation, DeleteArtifactMutationVariables>;
export const UnlinkArtifactDocument = `mutation UnlinkArtifact($artifactID: ID!, $portfolioID: ID!) {
  unlinkArtifact(
    input: {artifactID: $artifactID, artifactPortfolioID: $portfolioID}
  ) {
    success
  }
}` as Document<UnlinkArtifactMutation, UnlinkArtifactMutationVariables>;
export const DeleteArtifactSequenceDocument = `mutation DeleteArtifactSequence($id: ID!) {
  deleteArtifactSequence(input: {artifactSequenceID: $id}) {
    artifactCollection {
      id
      state
    }
  }
}` as Document<DeleteArtifactSequenceMutation, DeleteArtifactSequenceMutationVariables>;
export const DeleteArtifactPortfolioDocument = `mutation DeleteArtifactPortfolio($id: ID!) {
  deleteArtifactPortfolio(input: {artifactPortfolioID: $id}) {
    artifactCollection {
      id
      state
    }
  }
}` as Document<DeleteArtifactPortfolioMutation, DeleteArtifactPortfolioMutationVariables>;
export const ViewerAndOrganizationsDocument = `query ViewerAndOrganizations {
  viewer {
    ...ViewerFacts
    organizations {
      name
      orgEntity {
        ...EntityFacts
      }
    }
  }
}

fragment ViewerFacts on User {
  id
  entity
  createdAt
  teams {
    edges {
      node {
        ...EntityFacts
      }
    }
  }
}

fragment EntityFacts on Entity {
  id
  name
  createdAt
}` as Document<ViewerAndOrganizationsQuery, ViewerAndOrganizationsQueryVariables>;
export const ListArtifactTypesDocument = `query ListArtifactTypes($entity: String!, $project: String!, $after: String, $first: Int!) {
  project(name: $project, entityName: $entity) {
    artifactTypes(after: $after, first: $first) {
      edges {
        node {
          ...ArtifactTypeFacts
        }
      }
      pageInfo {
        ...NextPage
      }
    }
  }
}

fragment ArtifactTypeFacts on ArtifactType {
  id
  name
  createdAt
}

fragment NextPage on PageInfo {
  endCursor
  hasNextPage
}` as Document<ListArtifactTypesQuery, ListArtifactTypesQueryVariables>;
export const ListCollectionsDocument = `query ListCollections($entity: String!, $project: String!, $type: String!, $after: String, $first: Int!) {
  project(name: $project, entityName: $entity) {
    artifactType(name: $type) {
      artifactCollections(after: $after, first: $first) {
        edges {
          node {
            ...CollectionFacts
          }
        }
        pageInfo {
          ...NextPage
        }
      }
    }
  }
}

fragment CollectionFacts on ArtifactCollection {
  id
  name
  state
  createdAt
  updatedAt
  defaultArtifactType {
    name
  }
}

fragment NextPage on PageInfo {
  endCursor
  hasNextPage
}` as Document<ListCollectionsQuery, ListCollectionsQueryVariables>;
export const ListVersionsDocument = `query ListVersions($entity: String!, $project: String!, $type: String!, $collection: String!, $filters: JSONString, $after: String, $first: Int!) {
  project(name: $project, entityName: $entity) {
    artifactType(name: $type) {
      artifactCollection(name: $collection) {
        ...CollectionFacts
        artifacts(filters: $filters, after: $after, first: $first) {
          edges {
            version
            node {
              ...ListedVersion
              aliases {
                ...CollectionAlias
              }
            }
          }
          pageInfo {
            ...NextPage
          }
        }
      }
    }
  }
}

fragment CollectionFacts on ArtifactCollection {
  id
  name
  state
  createdAt
  updatedAt
  defaultArtifactType {
    name
  }
}

fragment ListedVersion on Artifact {
  id
  state
  createdAt
  updatedAt
}

fragment CollectionAlias on ArtifactAlias {
  alias
  artifactCollection {
    id
  }
}

fragment NextPage on PageInfo {
  endCursor
  hasNextPage
}` as Document<ListVersionsQuery, ListVersionsQueryVariables>;
export const LookUpArtifactTypeDocument = `query LookUpArtifactType($entity: String!, $project: String!, $type: String!) {
  project(name: $project, entityName: $entity) {
    ...ProjectWithEntity
    artifactType(name: $type) {
      ...ArtifactTypeFacts
      description
    }
  }
}

fragment ProjectWithEntity on Project {
  ...ProjectFacts
  entity {
    ...EntityFacts
  }
}

fragment ArtifactTypeFacts on ArtifactType {
  id
  name
  createdAt
}

fragment ProjectFacts on Project {
  id
  name
  createdAt
  updatedAt
  lastActive
}

fragment EntityFacts on Entity {
  id
  name
  createdAt
}` as Document<LookUpArtifactTypeQuery, LookUpArtifactTypeQueryVariables>;
export const LookUpCollectionDocument = `query LookUpCollection($entity: String!, $project: String!, $type: String!, $collection: String!) {
  project(name: $project, entityName: $entity) {
    ...ProjectWithEntity
    artifactType(name: $type) {
      ...ArtifactTypeFacts
      artifactCollection(name: $collection) {
        __typename
        ...CollectionFacts
        description
        tags {
          edges {
            node {
              name
            }
          }
        }
      }
    }
  }
}

fragment ProjectWithEntity on Project {
  ...ProjectFacts
  entity {
    ...EntityFacts
  }
}

fragment ArtifactTypeFacts on ArtifactType {
  id
  name
  createdAt
}

fragment CollectionFacts on ArtifactCollection {
  id
  name
  state
  createdAt
  updatedAt
  defaultArtifactType {
    name
  }
}

fragment ProjectFacts on Project {
  id
  name
  createdAt
  updatedAt
  lastActive
}

fragment EntityFacts on Entity {
  id
  name
  createdAt
}` as Document<LookUpCollectionQuery, LookUpCollectionQueryVariables>;
export const VersionInfoDocument = `query VersionInfo($id: ID!) {
  artifact(id: $id) {
    ...ListedVersion
    digest
    digestAlgorithm
    size
    fileCount
    description
    metadata
    ttlDurationSeconds
    versionIndex
    tags {
      name
    }
    artifactType {
      name
    }
    artifactSequence {
      ...SequenceName
    }
    aliases {
      ...CollectionAlias
    }
  }
}

fragment ListedVersion on Artifact {
  id
  state
  createdAt
  updatedAt
}

fragment SequenceName on ArtifactSequence {
  id
  name
  project {
    name
    entity {
      name
    }
  }
}

fragment CollectionAlias on ArtifactAlias {
  alias
  artifactCollection {
    id
  }
}` as Document<VersionInfoQuery, VersionInfoQueryVariables>;
export const LookUpVersionDocument = `query LookUpVersion($entity: String!, $project: String!, $type: String!, $collection: String!, $alias: String!, $names: [String!], $first: Int!, $hasNames: Boolean!, $hasManifest: Boolean!, $hasFeatures: Boolean!) {
  serverInfo @include(if: $hasFeatures) {
    ...FeatureFacts
  }
  project(name: $project, entityName: $entity) {
    ...ProjectWithEntity
    artifactType(name: $type) {
      ...ArtifactTypeFacts
      artifactCollection(name: $collection) {
        ...CollectionFacts
        artifactMembership(aliasName: $alias) {
          versionIndex
          aliases {
            alias
          }
          artifact {
            ...ListedVersion
            ...ManifestAddress @include(if: $hasManifest)
          }
          files(names: $names, first: $first) @include(if: $hasNames) {
            ...ArtifactFileRows
          }
        }
      }
    }
  }
}

fragment FeatureFacts on ServerInfo {
  features {
    name
    isEnabled
  }
}

fragment ProjectWithEntity on Project {
  ...ProjectFacts
  entity {
    ...EntityFacts
  }
}

fragment ArtifactTypeFacts on ArtifactType {
  id
  name
  createdAt
}

fragment CollectionFacts on ArtifactCollection {
  id
  name
  state
  createdAt
  updatedAt
  defaultArtifactType {
    name
  }
}

fragment ListedVersion on Artifact {
  id
  state
  createdAt
  updatedAt
}

fragment ManifestAddress on Artifact {
  currentManifest {
    file {
      directUrl
    }
  }
}

fragment ArtifactFileRows on FileConnection {
  edges {
    node {
      ...ArtifactFileRow
    }
  }
}

fragment ProjectFacts on Project {
  id
  name
  createdAt
  updatedAt
  lastActive
}

fragment EntityFacts on Entity {
  id
  name
  createdAt
}

fragment ArtifactFileRow on File {
  name
  sizeBytes
  md5
  digest
  url
  directUrl
}` as Document<LookUpVersionQuery, LookUpVersionQueryVariables>;
export const LookUpVersionByNameDocument = `query LookUpVersionByName($entity: String!, $project: String!, $type: String!, $collection: String!, $version: String!, $names: [String!], $first: Int!, $hasNames: Boolean!, $hasManifest: Boolean!) {
  project(name: $project, entityName: $entity) {
    ...ProjectWithEntity
    artifactType(name: $type) {
      ...ArtifactTypeFacts
      artifactCollection(name: $collection) {
        ...CollectionFacts
      }
    }
    artifact(name: $version) {
      ...ListedVersion
      ...ManifestAddress @include(if: $hasManifest)
      versionIndex(artifactCollectionName: $collection)
      aliases(artifactCollectionName: $collection) {
        ...CollectionAlias
      }
      files(names: $names, first: $first) @include(if: $hasNames) {
        ...ArtifactFileRows
      }
    }
  }
}

fragment ProjectWithEntity on Project {
  ...ProjectFacts
  entity {
    ...EntityFacts
  }
}

fragment ArtifactTypeFacts on ArtifactType {
  id
  name
  createdAt
}

fragment CollectionFacts on ArtifactCollection {
  id
  name
  state
  createdAt
  updatedAt
  defaultArtifactType {
    name
  }
}

fragment ListedVersion on Artifact {
  id
  state
  createdAt
  updatedAt
}

fragment ManifestAddress on Artifact {
  currentManifest {
    file {
      directUrl
    }
  }
}

fragment CollectionAlias on ArtifactAlias {
  alias
  artifactCollection {
    id
  }
}

fragment ArtifactFileRows on FileConnection {
  edges {
    node {
      ...ArtifactFileRow
    }
  }
}

fragment ProjectFacts on Project {
  id
  name
  createdAt
  updatedAt
  lastActive
}

fragment EntityFacts on Entity {
  id
  name
  createdAt
}

fragment ArtifactFileRow on File {
  name
  sizeBytes
  md5
  digest
  url
  directUrl
}` as Document<LookUpVersionByNameQuery, LookUpVersionByNameQueryVariables>;
export const MembershipFileAddressesDocument = `query MembershipFileAddresses($entity: String!, $project: String!, $collection: String!, $alias: String!, $names: [String!]!, $first: Int!) {
  project(name: $project, entityName: $entity) {
    artifactCollection(name: $collection) {
      artifactMembership(aliasName: $alias) {
        files(names: $names, first: $first) {
          ...ArtifactFileRows
          pageInfo {
            hasNextPage
          }
        }
      }
    }
  }
}

fragment ArtifactFileRows on FileConnection {
  edges {
    node {
      ...ArtifactFileRow
    }
  }
}

fragment ArtifactFileRow on File {
  name
  sizeBytes
  md5
  digest
  url
  directUrl
}` as Document<MembershipFileAddressesQuery, MembershipFileAddressesQueryVariables>;
export const ArtifactFileAddressesDocument = `query ArtifactFileAddresses($id: ID!, $names: [String!]!, $first: Int!) {
  artifact(id: $id) {
    files(names: $names, first: $first) {
      ...ArtifactFileRows
      pageInfo {
        hasNextPage
      }
    }
  }
}

fragment ArtifactFileRows on FileConnection {
  edges {
    node {
      ...ArtifactFileRow
    }
  }
}

fragment ArtifactFileRow on File {
  name
  sizeBytes
  md5
  digest
  url
  directUrl
}` as Document<ArtifactFileAddressesQuery, ArtifactFileAddressesQueryVariables>;
export const FindManifestDocument = `query FindManifest($id: ID!) {
  artifact(id: $id) {
    ...ManifestAddress
  }
}

fragment ManifestAddress on Artifact {
  currentManifest {
    file {
      directUrl
    }
  }
}` as Document<FindManifestQuery, FindManifestQueryVariables>;
export const FindReferencedDocument = `query FindReferenced($id: ID!) {
  artifact(id: $id) {
    ...ListedVersion
    ...ManifestAddress
    versionIndex
    artifactSequence {
      ...SequenceName
    }
  }
}

fragment ListedVersion on Artifact {
  id
  state
  createdAt
  updatedAt
}

fragment ManifestAddress on Artifact {
  currentManifest {
    file {
      directUrl
    }
  }
}

fragment SequenceName on ArtifactSequence {
  id
  name
  project {
    name
    entity {
      name
    }
  }
}` as Document<FindReferencedQuery, FindReferencedQueryVariables>;
export const LookUpDocument = `query LookUp($entity: String!, $project: String!, $run: String!, $names: [String], $first: Int!, $hasNames: Boolean!, $pattern: String, $hasPattern: Boolean!, $page: Int!, $hasListing: Boolean!) {
  project(name: $project, entityName: $entity) {
    ...ProjectWithEntity
    run(name: $run) {
      ...RunFacts
      asked: files(names: $names, first: $first) @include(if: $hasNames) {
        ...RowsWithUrls
      }
      below: files(pattern: $pattern, first: 10) @include(if: $hasPattern) {
        edges {
          node {
            updatedAt
          }
        }
        pageInfo {
          hasNextPage
        }
      }
      listing: files(first: $page) @include(if: $hasListing) {
        ...ListedRows
      }
    }
  }
}

fragment ProjectWithEntity on Project {
  ...ProjectFacts
  entity {
    ...EntityFacts
  }
}

fragment RunFacts on Run {
  id
  projectId
  name
  createdAt
  updatedAt
  heartbeatAt
}

fragment RowsWithUrls on FileConnection {
  edges {
    node {
      ...FileRow
      ...FileUrls
    }
  }
  pageInfo {
    hasNextPage
  }
}

fragment ListedRows on FileConnection {
  edges {
    cursor
    node {
      ...FileRow
    }
  }
  pageInfo {
    ...NextPage
  }
}

fragment ProjectFacts on Project {
  id
  name
  createdAt
  updatedAt
  lastActive
}

fragment EntityFacts on Entity {
  id
  name
  createdAt
}

fragment FileRow on File {
  id
  name
  sizeBytes
  md5
  createdAt
  updatedAt
}

fragment FileUrls on File {
  url
  directUrl
}

fragment NextPage on PageInfo {
  endCursor
  hasNextPage
}` as Document<LookUpQuery, LookUpQueryVariables>;
export const LookUpRunsDocument = `query LookUpRuns($entity: String!, $project: String!, $run: String!, $names: [String], $first: Int!, $hasNames: Boolean!, $page: Int!) {
  project(name: $project, entityName: $entity) {
    ...ProjectWithEntity
    run(name: $run) {
      ...RunFacts
      asked: files(names: $names, first: $first) @include(if: $hasNames) {
        ...RowsWithUrls
      }
      listing: files(first: $page) {
        ...ListedRows
      }
    }
  }
}

fragment ProjectWithEntity on Project {
  ...ProjectFacts
  entity {
    ...EntityFacts
  }
}

fragment RunFacts on Run {
  id
  projectId
  name
  createdAt
  updatedAt
  heartbeatAt
}

fragment RowsWithUrls on FileConnection {
  edges {
    node {
      ...FileRow
      ...FileUrls
    }
  }
  pageInfo {
    hasNextPage
  }
}

fragment ListedRows on FileConnection {
  edges {
    cursor
    node {
      ...FileRow
    }
  }
  pageInfo {
    ...NextPage
  }
}

fragment ProjectFacts on Project {
  id
  name
  createdAt
  updatedAt
  lastActive
}

fragment EntityFacts on Entity {
  id
  name
  createdAt
}

fragment FileRow on File {
  id
  name
  sizeBytes
  md5
  createdAt
  updatedAt
}

fragment FileUrls on File {
  url
  directUrl
}

fragment NextPage on PageInfo {
  endCursor
  hasNextPage
}` as Document<LookUpRunsQuery, LookUpRunsQueryVariables>;
export const ListFilesDocument = `query ListFiles($entity: String!, $project: String!, $run: String!, $after: String, $first: Int!) {
  project(name: $project, entityName: $entity) {
    run(name: $run) {
      projectId
      files(after: $after, first: $first) {
        ...ListedRows
      }
    }
  }
}

fragment ListedRows on FileConnection {
  edges {
    cursor
    node {
      ...FileRow
    }
  }
  pageInfo {
    ...NextPage
  }
}

fragment FileRow on File {
  id
  name
  sizeBytes
  md5
  createdAt
  updatedAt
}

fragment NextPage on PageInfo {
  endCursor
  hasNextPage
}` as Document<ListFilesQuery, ListFilesQueryVariables>;
export const FileAddressesDocument = `query FileAddresses($entity: String!, $project: String!, $run: String!, $names: [String]!, $first: Int!) {
  project(name: $project, entityName: $entity) {
    run(name: $run) {
      files(names: $names, first: $first) {
        ...RowsWithUrls
      }
    }
  }
}

fragment RowsWithUrls on FileConnection {
  edges {
    node {
      ...FileRow
      ...FileUrls
    }
  }
  pageInfo {
    hasNextPage
  }
}

fragment FileRow on File {
  id
  name
  sizeBytes
  md5
  createdAt
  updatedAt
}

fragment FileUrls on File {
  url
  directUrl
}` as Document<FileAddressesQuery, FileAddressesQueryVariables>;
export const FileIdsDocument = `query FileIds($entity: String!, $project: String!, $run: String!, $names: [String]!, $first: Int!) {
  project(name: $project, entityName: $entity) {
    run(name: $run) {
      projectId
      files(names: $names, first: $first) {
        edges {
          node {
            id
            name
          }
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  }
}` as Document<FileIdsQuery, FileIdsQueryVariables>;
export const CreateRunFilesDocument = `mutation CreateRunFiles($entity: String!, $project: String!, $run: String!, $files: [String!]!) {
  createRunFiles(
    input: {entityName: $entity, projectName: $project, runName: $run, files: $files}
  ) {
    uploadHeaders
    files {
      name
      uploadUrl
    }
  }
}` as Document<CreateRunFilesMutation, CreateRunFilesMutationVariables>;
export const MarkRunFilesUploadedDocument = `mutation MarkRunFilesUploaded($entity: String!, $project: String!, $run: String!, $files: [String!]!) {
  markRunFilesUploaded(
    input: {entityName: $entity, projectName: $project, runName: $run, files: $files}
  ) {
    success
  }
}` as Document<MarkRunFilesUploadedMutation, MarkRunFilesUploadedMutationVariables>;
export const DeleteFilesDocument = `mutation DeleteFiles($files: [ID!]!, $projectId: Int) {
  deleteFiles(input: {files: $files, projectId: $projectId}) {
    success
  }
}` as Document<DeleteFilesMutation, DeleteFilesMutationVariables>;
export const EntityInfoDocument = `query EntityInfo($entity: String!) {
  entity(name: $entity) {
    ...EntityFacts
    isTeam
  }
}

fragment EntityFacts on Entity {
  id
  name
  createdAt
}` as Document<EntityInfoQuery, EntityInfoQueryVariables>;
export const ProjectInfoDocument = `query ProjectInfo($entity: String!, $project: String!) {
  project(name: $project, entityName: $entity) {
    ...ProjectFacts
    entityName
    description
    runCount
    user {
      ...UserName
    }
  }
}

fragment ProjectFacts on Project {
  id
  name
  createdAt
  updatedAt
  lastActive
}

fragment UserName on User {
  username
  name
}` as Document<ProjectInfoQuery, ProjectInfoQueryVariables>;
export const RunInfoDocument = `query RunInfo($entity: String!, $project: String!, $run: String!) {
  project(name: $project, entityName: $entity) {
    run(name: $run) {
      ...RunDetails
    }
  }
}

fragment RunDetails on Run {
  ...RunFacts
  displayName
  state
  tags
  group
  jobType
  sweepName
  description
  notes
  config
  summaryMetrics
  commit
  host
  exitcode
  fileCount
  user {
    ...UserName
  }
}

fragment RunFacts on Run {
  id
  projectId
  name
  createdAt
  updatedAt
  heartbeatAt
}

fragment UserName on User {
  username
  name
}` as Document<RunInfoQuery, RunInfoQueryVariables>;
export const FileInfoDocument = `query FileInfo($entity: String!, $project: String!, $run: String!, $names: [String]!) {
  project(name: $project, entityName: $entity) {
    run(name: $run) {
      files(names: $names, first: 1) {
        edges {
          node {
            ...FileRow
            mimetype
          }
        }
      }
    }
  }
}

fragment FileRow on File {
  id
  name
  sizeBytes
  md5
  createdAt
  updatedAt
}` as Document<FileInfoQuery, FileInfoQueryVariables>;
export const FindRunsDocument = `query FindRuns($entity: String!, $project: String!, $filters: JSONString, $order: String, $after: String, $first: Int!) {
  project(name: $project, entityName: $entity) {
    ...ProjectWithEntity
    runs(filters: $filters, order: $order, after: $after, first: $first) {
      edges {
        cursor
        node {
          ...RunDetails
        }
      }
      pageInfo {
        ...NextPage
      }
    }
  }
}

fragment ProjectWithEntity on Project {
  ...ProjectFacts
  entity {
    ...EntityFacts
  }
}

fragment RunDetails on Run {
  ...RunFacts
  displayName
  state
  tags
  group
  jobType
  sweepName
  description
  notes
  config
  summaryMetrics
  commit
  host
  exitcode
  fileCount
  user {
    ...UserName
  }
}

fragment NextPage on PageInfo {
  endCursor
  hasNextPage
}

fragment ProjectFacts on Project {
  id
  name
  createdAt
  updatedAt
  lastActive
}

fragment EntityFacts on Entity {
  id
  name
  createdAt
}

fragment RunFacts on Run {
  id
  projectId
  name
  createdAt
  updatedAt
  heartbeatAt
}

fragment UserName on User {
  username
  name
}` as Document<FindRunsQuery, FindRunsQueryVariables>;
export const FindEntityDocument = `query FindEntity($entity: String!) {
  entity(name: $entity) {
    ...EntityFacts
  }
}

fragment EntityFacts on Entity {
  id
  name
  createdAt
}` as Document<FindEntityQuery, FindEntityQueryVariables>;
export const ListProjectsDocument = `query ListProjects($entity: String!, $after: String, $first: Int!) {
  entity(name: $entity) {
    ...EntityFacts
  }
  projects: models(entityName: $entity, after: $after, first: $first) {
    edges {
      node {
        ...ProjectFacts
      }
    }
    pageInfo {
      ...NextPage
    }
  }
}

fragment EntityFacts on Entity {
  id
  name
  createdAt
}

fragment ProjectFacts on Project {
  id
  name
  createdAt
  updatedAt
  lastActive
}

fragment NextPage on PageInfo {
  endCursor
  hasNextPage
}` as Document<ListProjectsQuery, ListProjectsQueryVariables>;
export const FindProjectDocument = `query FindProject($entity: String!, $project: String!) {
  project(name: $project, entityName: $entity) {
    ...ProjectWithEntity
  }
}

fragment ProjectWithEntity on Project {
  ...ProjectFacts
  entity {
    ...EntityFacts
  }
}

fragment ProjectFacts on Project {
  id
  name
  createdAt
  updatedAt
  lastActive
}

fragment EntityFacts on Entity {
  id
  name
  createdAt
}` as Document<FindProjectQuery, FindProjectQueryVariables>;
export const CreateProjectDocument = `mutation CreateProject($entity: String!, $project: String!) {
  upsertModel(input: {entityName: $entity, name: $project}) {
    inserted
    project {
      ...ProjectFacts
    }
  }
}

fragment ProjectFacts on Project {
  id
  name
  createdAt
  updatedAt
  lastActive
}` as Document<CreateProjectMutation, CreateProjectMutationVariables>;
export const DeleteProjectDocument = `mutation DeleteProject($id: String!) {
  deleteModel(input: {id: $id}) {
    success
  }
}` as Document<DeleteProjectMutation, DeleteProjectMutationVariables>;
export const ConsoleLinesDocument = `query ConsoleLines($entity: String!, $project: String!, $run: String!, $after: String, $first: Int, $last: Int) {
  project(name: $project, entityName: $entity) {
    run(name: $run) {
      logLines(after: $after, first: $first, last: $last) {
        edges {
          cursor
          node {
            number
            level
            timestamp
            line
          }
        }
        pageInfo {
          ...NextPage
        }
      }
    }
  }
}

fragment NextPage on PageInfo {
  endCursor
  hasNextPage
}` as Document<ConsoleLinesQuery, ConsoleLinesQueryVariables>;
export const RunViewsDocument = `query RunViews($entity: String!, $project: String!, $run: String!) {
  project(name: $project, entityName: $entity) {
    run(name: $run) {
      ...ViewedRun
    }
  }
}

fragment ViewedRun on Run {
  ...RunFacts
  state
  config
  summaryMetrics
  historyLineCount
}

fragment RunFacts on Run {
  id
  projectId
  name
  createdAt
  updatedAt
  heartbeatAt
}` as Document<RunViewsQuery, RunViewsQueryVariables>;
export const RunHistoryEndDocument = `query RunHistoryEnd($entity: String!, $project: String!, $run: String!) {
  project(name: $project, entityName: $entity) {
    run(name: $run) {
      historyKeys
      historyLineCount
    }
  }
}` as Document<RunHistoryEndQuery, RunHistoryEndQueryVariables>;
export const RunHistoryDocument = `query RunHistory($entity: String!, $project: String!, $run: String!, $minStep: Int64!, $maxStep: Int64!, $samples: Int!) {
  project(name: $project, entityName: $entity) {
    run(name: $run) {
      history(minStep: $minStep, maxStep: $maxStep, samples: $samples)
    }
  }
}` as Document<RunHistoryQuery, RunHistoryQueryVariables>;
export const ListRunsDocument = `query ListRuns($entity: String!, $project: String!, $after: String, $first: Int!) {
  project(name: $project, entityName: $entity) {
    runs(after: $after, first: $first, order: "+created_at") {
      ...RunPage
    }
  }
}

fragment RunPage on RunConnection {
  edges {
    cursor
    node {
      ...RunFacts
    }
  }
  pageInfo {
    ...NextPage
  }
}

fragment RunFacts on Run {
  id
  projectId
  name
  createdAt
  updatedAt
  heartbeatAt
}

fragment NextPage on PageInfo {
  endCursor
  hasNextPage
}` as Document<ListRunsQuery, ListRunsQueryVariables>;
export const FindProjectAndRunsDocument = `query FindProjectAndRuns($entity: String!, $project: String!, $first: Int!) {
  project(name: $project, entityName: $entity) {
    ...ProjectWithEntity
    runs(first: $first, order: "+created_at") {
      ...RunPage
    }
  }
}

fragment ProjectWithEntity on Project {
  ...ProjectFacts
  entity {
    ...EntityFacts
  }
}

fragment RunPage on RunConnection {
  edges {
    cursor
    node {
      ...RunFacts
    }
  }
  pageInfo {
    ...NextPage
  }
}

fragment ProjectFacts on Project {
  id
  name
  createdAt
  updatedAt
  lastActive
}

fragment EntityFacts on Entity {
  id
  name
  createdAt
}

fragment RunFacts on Run {
  id
  projectId
  name
  createdAt
  updatedAt
  heartbeatAt
}

fragment NextPage on PageInfo {
  endCursor
  hasNextPage
}` as Document<FindProjectAndRunsQuery, FindProjectAndRunsQueryVariables>;
export const FindRunsByTitleDocument = `query FindRunsByTitle($entity: String!, $project: String!, $filters: JSONString!, $first: Int!) {
  project(name: $project, entityName: $entity) {
    runs(filters: $filters, first: $first) {
      edges {
        node {
          name
          displayName
        }
      }
      pageInfo {
        ...NextPage
      }
    }
  }
}

fragment NextPage on PageInfo {
  endCursor
  hasNextPage
}` as Document<FindRunsByTitleQuery, FindRunsByTitleQueryVariables>;
export const CreateRunDocument = `mutation CreateRun($entity: String!, $project: String!, $run: String!, $jobType: String, $host: String) {
  upsertBucket(
    input: {entityName: $entity, modelName: $project, name: $run, jobType: $jobType, host: $host}
  ) {
    inserted
    bucket {
      ...RunFacts
    }
  }
}

fragment RunFacts on Run {
  id
  projectId
  name
  createdAt
  updatedAt
  heartbeatAt
}` as Document<CreateRunMutation, CreateRunMutationVariables>;
export const DeleteRunDocument = `mutation DeleteRun($id: ID!) {
  deleteRun(input: {id: $id, deleteArtifacts: false}) {
    clientMutationId
  }
}` as Document<DeleteRunMutation, DeleteRunMutationVariables>;
export const ViewerDocument = `query Viewer {
  viewer {
    ...ViewerFacts
  }
}

fragment ViewerFacts on User {
  id
  entity
  createdAt
  teams {
    edges {
      node {
        ...EntityFacts
      }
    }
  }
}

fragment EntityFacts on Entity {
  id
  name
  createdAt
}` as Document<ViewerQuery, ViewerQueryVariables>;
export const ServerFeaturesDocument = `query ServerFeatures {
  serverInfo {
    ...FeatureFacts
  }
}

fragment FeatureFacts on ServerInfo {
  features {
    name
    isEnabled
  }
}` as Document<ServerFeaturesQuery, ServerFeaturesQueryVariables>;
export const RunViewsWithParquetDocument = `query RunViewsWithParquet($entity: String!, $project: String!, $run: String!) {
  project(name: $project, entityName: $entity) {
    run(name: $run) {
      ...ViewedRun
      parquetHistory(liveKeys: ["_step"]) {
        parquetUrls
      }
    }
  }
}

fragment ViewedRun on Run {
  ...RunFacts
  state
  config
  summaryMetrics
  historyLineCount
}

fragment RunFacts on Run {
  id
  projectId
  name
  createdAt
  updatedAt
  heartbeatAt
}` as Document<RunViewsWithParquetQuery, RunViewsWithParquetQueryVariables>;
