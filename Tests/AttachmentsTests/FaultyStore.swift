import Kernel
import Operations
import Synchronization

/// A store at a point of which the process dies: what it had done by then stays done, and nothing is tidied up.
final class FaultyStore: FileStore {
  enum Fault: Hashable, Sendable {
    /// Bytes have come.
    case received
    /// They have their lasting name, and the transaction is under way.
    case kept
    /// They are gone, and the row does not know.
    case removed
  }

  struct Death: Error {}

  private let store: any FileStore
  private let fault: Mutex<Fault?>

  init(_ store: any FileStore, dying fault: Fault?) {
    self.store = store
    self.fault = Mutex(fault)
  }

  func set(_ next: Fault?) { fault.withLock { $0 = next } }

  private func die(at point: Fault) throws { if fault.withLock({ $0 == point }) { throw Death() } }

  var limits: FileLimits { store.limits }

  func receive(for tenant: TenantHandle, from sender: FileSender?) async throws -> any IncomingFile {
    let file = try await store.receive(for: tenant, from: sender)
    guard fault.withLock({ $0 == .received }) else { return file }
    return Untidy(file) { try self.die(at: .received) }
  }

  func keep(_ file: ReceivedFile, of tenant: TenantHandle) async throws {
    try await store.keep(file, of: tenant)
    try die(at: .kept)
  }

  func open(_ content: FileContent, of tenant: TenantHandle) async throws -> (any StoredFile)? { try await store.open(content, of: tenant) }

  func remove(_ digest: [UInt8], of tenant: TenantHandle, before instant: Instant) async throws {
    try await store.remove(digest, of: tenant, before: instant)
    try die(at: .removed)
  }

  func setAside(_ digest: [UInt8], of tenant: TenantHandle, before instant: Instant, now: Instant) async throws -> Bool {
    try await store.setAside(digest, of: tenant, before: instant, now: now)
  }

  func removeSetAside(before instant: Instant, limit: Int) async throws -> Int { try await store.removeSetAside(before: instant, limit: limit) }

  func removeIncoming(before instant: Instant, limit: Int) async throws { try await store.removeIncoming(before: instant, limit: limit) }
  func tenants() async throws -> [TenantHandle] { try await store.tenants() }

  func contents(of tenant: TenantHandle, part: UInt8, before instant: Instant) async throws -> [[UInt8]] {
    try await store.contents(of: tenant, part: part, before: instant)
  }
}

/// What nobody is left to discard.
private final class Untidy: IncomingFile {
  /// Kept alive for good: its end would discard it.
  private static let left = Mutex<[any IncomingFile]>([])

  private let file: any IncomingFile
  private let atEnd: @Sendable () throws -> Void

  init(_ file: any IncomingFile, atEnd: @escaping @Sendable () throws -> Void) {
    self.file = file
    self.atEnd = atEnd
    Self.left.withLock { $0.append(file) }
  }

  func append(_ bytes: [UInt8]) async throws { try await file.append(bytes) }

  func finish() async throws -> ReceivedFile {
    let received = try await file.finish()
    try atEnd()
    return received
  }

  func discard() {}
}
