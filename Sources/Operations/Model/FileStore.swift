import Kernel
import Postgres

/// What a file holds: a content has one name in the store of its tenant, however often it is kept.
package struct FileContent: Hashable, Sendable {
  /// SHA-256, 32 bytes.
  package let digest: [UInt8]
  /// Its size in bytes.
  package let bytes: Int64

  package init(digest: [UInt8], bytes: Int64) {
    self.digest = digest
    self.bytes = bytes
  }
}

/// What a store takes.
package struct FileLimits: Hashable, Sendable {
  /// The largest file, in bytes.
  package var fileBytes: Int64
  /// What all files of a tenant may take together, in bytes, where nothing else was said for it.
  package var tenantBytes: Int64
  /// Whether programs are taken as well.
  package var takesPrograms: Bool

  package init(fileBytes: Int64 = 50 << 20, tenantBytes: Int64 = 5 << 30, takesPrograms: Bool = false) {
    self.fileBytes = fileBytes
    self.tenantBytes = tenantBytes
    self.takesPrograms = takesPrograms
  }
}

/// Who sends a file, for the count of those that are on their way.
package struct FileSender: Hashable, Sendable {
  package let kind: Actor.Kind
  package let id: Int64
  package let isStaff: Bool

  package init(kind: Actor.Kind, id: Int64, isStaff: Bool) {
    self.kind = kind
    self.id = id
    self.isStaff = isStaff
  }

  init(_ principal: Principal) { self.init(kind: principal.actor.kind, id: principal.actor.id, isStaff: principal.side == .staff) }
}

/// Where the bytes of files lie. They are named by their tenant and their content, so they never change, and no two tenants
/// share any. Whether a file is anybody's, the database says alone.
package protocol FileStore: Sendable {
  var limits: FileLimits { get }

  /// A place for bytes that are on their way. Throws ``Failure/Kind/limited`` when too many are.
  /// - Parameter sender: nil for bytes that are in memory already: they keep nobody waiting, and need no place.
  func receive(for tenant: TenantHandle, from sender: FileSender?) async throws -> any IncomingFile

  /// Gives what has come its lasting name. It is there after a power cut when this returns. It may be done again.
  func keep(_ file: ReceivedFile, of tenant: TenantHandle) async throws

  /// Nil: it is not there, or not of this size. What was set aside comes back.
  func open(_ content: FileContent, of tenant: TenantHandle) async throws -> (any StoredFile)?

  /// Removes what has lain there since before `instant`; what came later is somebody's. What is not there is removed already.
  func remove(_ digest: [UInt8], of tenant: TenantHandle, before instant: Instant) async throws

  /// Puts what nobody is known to have where ``open(_:of:)`` alone finds it, and says that it has lain there since `now`.
  /// - Returns: false where it has come since `instant`: it stays.
  func setAside(_ digest: [UInt8], of tenant: TenantHandle, before instant: Instant, now: Instant) async throws -> Bool

  /// Removes what was set aside before `instant`.
  /// - Returns: how many files that were.
  func removeSetAside(before instant: Instant, limit: Int) async throws -> Int

  /// Removes what came in and was never kept, and has not grown since `instant`.
  func removeIncoming(before instant: Instant, limit: Int) async throws

  /// Who has files here.
  func tenants() async throws -> [TenantHandle]

  /// The digests that begin with `part` and have lain there since before `instant`.
  func contents(of tenant: TenantHandle, part: UInt8, before instant: Instant) async throws -> [[UInt8]]
}

/// A file whose bytes are coming, in the hands of one task.
package protocol IncomingFile: AnyObject, Sendable {
  /// Throws ``Failure/Kind/tooLarge`` beyond ``FileLimits/fileBytes``.
  func append(_ bytes: [UInt8]) async throws
  /// That was all. What has come is on the disk when this returns.
  func finish() async throws -> ReceivedFile
  /// It is not wanted any more. Nothing where it was kept.
  func discard()
}

/// A file that has come whole, and has no lasting name yet.
package struct ReceivedFile: Sendable {
  package let content: FileContent
  /// Its first bytes, by which one sees what it is: 4096 at the most.
  package let head: [UInt8]
  /// Where the store has it.
  package let place: String

  package static let headBytes = 4096

  package init(content: FileContent, head: [UInt8], place: String) {
    self.content = content
    self.head = head
    self.place = place
  }
}

/// A file that is read from its beginning, in the hands of one task.
package protocol StoredFile: AnyObject, Sendable {
  var content: FileContent { get }
  /// The next bytes, 64 KiB at the most; empty at the end. Throws before the last ones if what was read is not the content.
  func next() async throws -> [UInt8]
}

/// What of a call passes beside its input and its output.
package struct FileTransfer: Sendable {
  /// A file that came beside the input.
  package var received: ReceivedFile?
  /// Whether the caller takes a file that the operation gives as it is, and not within the output.
  package var wantsFile = false

  package init(received: ReceivedFile? = nil, wantsFile: Bool = false) {
    self.received = received
    self.wantsFile = wantsFile
  }
}

/// An operation that takes a file. An interface that can stream hands it over beside the input (``FileTransfer/received``).
package protocol FileTakingOperation: PreparedOperation {
  /// Refuses what is bound to be refused before its bytes have come. `bytes`: how many there will be, if the caller says so.
  static func admit(_ input: Input, bytes: Int64?, for preparation: Preparation) async throws
}

/// An operation whose result is a file. An interface that can stream asks for it (``FileTransfer/wantsFile``) and gets it beside the output.
package protocol FileGivingOperation: Operation {}

extension Preparation {
  /// Throws when there is none.
  package func store() throws(Failure) -> any FileStore {
    guard let files else { throw Failure(.busy, OperationMessages.noFileStore) }
    return files
  }
}

extension OperationContext {
  /// Whether the caller takes the operation's file as it is.
  package var wantsFile: Bool { journal.wantsFile }

  /// Throws when there is none.
  package func store() throws(Failure) -> any FileStore {
    guard let files = journal.files else { throw Failure(.busy, OperationMessages.noFileStore) }
    return files
  }

  /// The operation's result, besides its output.
  package func gives(_ file: any StoredFile) { journal.gives(file) }
}
