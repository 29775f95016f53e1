/** One delivered file. */
export interface FileDigest {
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hex; null when the files were listed and not read. */
  readonly sha256: string | null;
  /** Present when an earlier run read the file and nothing shows a change since; absent when this run read it. */
  readonly cached?: true;
  /** What the file stands for, when it is a Git-LFS pointer and not the file itself. */
  readonly pointer?: LfsPointer;
}

/** SHA-256, lower-case hex, and size of a file kept elsewhere. */
export interface LfsPointer {
  readonly sha256: string;
  readonly bytes: number;
}

/** A file as a publisher lists it: path relative to the delivery, lower-case hex. */
export interface ListedDigest {
  readonly path: string;
  /** Null where the list gives none, as Hugging Face does for files outside Git LFS. */
  readonly sha256: string | null;
  readonly bytes: number | null;
}

/** A file that is not as listed. Null where that side says nothing. */
export interface ChangedFile {
  readonly path: string;
  readonly expected: { readonly sha256: string | null; readonly bytes: number | null };
  readonly found: { readonly sha256: string | null; readonly bytes: number };
  /** True when it is a Git-LFS pointer to the listed file: the file was not fetched, nothing was altered. */
  readonly pointer?: true;
}

/** A delivery held against a publisher's list of digests. Paths are sorted. */
export interface ManifestCheck {
  /** Files whose SHA-256 was compared. */
  readonly checked: number;
  readonly changed: readonly ChangedFile[];
  /** Listed, not delivered; empty when a single file was audited. */
  readonly missing: readonly string[];
  /** Delivered, not listed. */
  readonly extra: readonly string[];
  /** Listed and delivered, but compared by size alone: the list has no SHA-256, or the files were not read. */
  readonly unchecked: readonly string[];
}

/** Digests of a delivery. `weights` lists the paths that hold the audited weights. */
export interface FilesEvidence {
  readonly files: readonly FileDigest[];
  /** SHA-256 over the sorted manifest of all files; null when they were not read. */
  readonly digest: string | null;
  readonly weights: readonly string[];
  /**
   * SHA-256 over the digests of the weight files alone, so that renaming or a new tokenizer keeps it; null when they
   * were not read.
   */
  readonly weightsDigest: string | null;
  /** Present when a list of digests was given. */
  readonly manifest?: ManifestCheck;
}

export interface FilesCapability {
  digest(options: {
    readonly signal?: AbortSignal | undefined;
    readonly onBytes?: (done: number, total: number) => void;
    /** What the reader of a report should know about how the files were read. */
    readonly warn?: (message: string) => void;
  }): Promise<FilesEvidence>;
}
