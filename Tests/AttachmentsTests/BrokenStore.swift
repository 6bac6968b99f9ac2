import Kernel
import Operations

/// A store that cannot take bytes.
final class BrokenStore: FileStore {
  enum Fault: Sendable { case receiving, appending, finishing }

  private struct Broken: Error, CustomStringConvertible { let description = "the disk is broken" }

  private let store: any FileStore
  private let fault: Fault

  init(_ store: any FileStore, fault: Fault) {
    self.store = store
    self.fault = fault
  }

  var limits: FileLimits { store.limits }

  func receive(for tenant: TenantHandle, from sender: FileSender?) async throws -> any IncomingFile {
    guard fault != .receiving else { throw Broken() }
    return File(try await store.receive(for: tenant, from: sender), fault)
  }

  func keep(_ file: ReceivedFile, of tenant: TenantHandle) async throws { try await store.keep(file, of: tenant) }
  func open(_ content: FileContent, of tenant: TenantHandle) async throws -> (any StoredFile)? { try await store.open(content, of: tenant) }
  func remove(_ digest: [UInt8], of tenant: TenantHandle, before instant: Instant) async throws {}
  func setAside(_ digest: [UInt8], of tenant: TenantHandle, before instant: Instant, now: Instant) async throws -> Bool { false }
  func removeSetAside(before instant: Instant, limit: Int) async throws -> Int { 0 }
  func removeIncoming(before instant: Instant, limit: Int) async throws {}
  func tenants() async throws -> [TenantHandle] { [] }
  func contents(of tenant: TenantHandle, part: UInt8, before instant: Instant) async throws -> [[UInt8]] { [] }

  private final class File: IncomingFile {
    private let file: any IncomingFile
    private let fault: Fault

    init(_ file: any IncomingFile, _ fault: Fault) {
      self.file = file
      self.fault = fault
    }

    func append(_ bytes: [UInt8]) async throws {
      guard fault != .appending else { throw Broken() }
      try await file.append(bytes)
    }

    func finish() async throws -> ReceivedFile {
      guard fault != .finishing else { throw Broken() }
      return try await file.finish()
    }

    func discard() { file.discard() }
  }
}
