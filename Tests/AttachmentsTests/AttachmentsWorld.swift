import Assets
@testable import Attachments
import Catalog
import Changes
import Contracts
import Desk
@testable import FileStorage
import Foundation
import Kernel
import Knowledge
import Logging
import MajorIncidents
import Operations
import Postgres
import Problems
import Requests
import ServiceLevels
import Suppliers
import TestSupport
import Tenancy
import Testing

/// A provider with two customers, and a folder for their files. It is Monday, 2 March 2026, at 9:00 in Berlin.
final class AttachmentsWorld: Sendable {
  let database: TestDatabase
  let folder: String
  let store: FolderStore
  let dispatcher: Dispatcher
  let acme: TenantEntry
  let other: TenantEntry
  let administrator: Principal
  let engineer: Principal

  static let modules: [any OperationModule.Type] = [
    PlatformModule.self, CatalogModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, SuppliersModule.self, AssetsModule.self,
    KnowledgeModule.self, RequestsModule.self, ProblemsModule.self, ChangesModule.self, MajorIncidentsModule.self, AttachmentsModule.self,
  ]

  init(limits: FileLimits = FileLimits()) async throws {
    database = try await TestDatabase.make(Self.modules)
    folder = try TemporaryFolder.make() + "/files"
    store = try FolderStore(folder: folder, limits: limits)
    dispatcher = try await Self.dispatcher(database, store)
    acme = try await database.customer("ACME")
    other = try await database.customer("OTHER", zone: "Asia/Shanghai")
    administrator = try await database.staff(.administrator)
    engineer = try await database.staff(.engineer)
  }

  deinit { TemporaryFolder.remove(String(folder.dropLast("/files".count))) }

  static func dispatcher(_ database: TestDatabase, _ files: (any FileStore)?, logger: Logger = TestDatabase.logger) async throws -> Dispatcher {
    Dispatcher(
      registry: database.registry, tenancy: database.tenancy,
      cursors: try await Installation(tenancy: database.tenancy).cursorSigner(provider: database.provider), files: files, logger: logger)
  }

  // MARK: Acts

  @discardableResult
  func call(
    _ operation: String, _ members: [String: Value] = [:], as principal: Principal? = nil, version: Int64? = nil, key: String? = nil,
    by dispatcher: Dispatcher? = nil
  ) async throws -> Value {
    try await (dispatcher ?? self.dispatcher).invoke(
      operation, .object(members.sorted { $0.key < $1.key }.map { Value.Member($0.key, $0.value) }), as: principal ?? engineer,
      Call(requestId: "test", idempotencyKey: key, expectedVersion: version)
    ).value
  }

  func incident(of customer: TenantEntry? = nil, as principal: Principal? = nil, _ more: [String: Value] = [:]) async throws -> Value {
    let given: [String: Value] = ["customer": .id((customer ?? acme).publicId), "title": "It does not print"].merging(more) { $1 }
    return try await call("incident.open", given, as: principal)["id"] ?? .null
  }

  @discardableResult
  func attach(
    _ bytes: [UInt8], to incident: Value, named name: String = "log.txt", visibility: String = "public", as principal: Principal? = nil, key: String? = nil,
    by dispatcher: Dispatcher? = nil
  ) async throws -> Value {
    try await call(
      "attachment.add",
      ["incident": incident, "name": .text(name), "visibility": .text(visibility), "content": .text(Base64.encode(bytes))], as: principal, key: key,
      by: dispatcher)
  }

  @discardableResult
  func attach(_ text: String, to incident: Value, as principal: Principal? = nil) async throws -> Value {
    try await attach(Array(text.utf8), to: incident, as: principal)
  }

  func delete(_ attachment: Value) async throws {
    try await call("attachment.delete", ["id": attachment["id"] ?? .null, "reason": "Wrong ticket"])
  }

  /// One run.
  func sweepOnce(_ store: (any FileStore)? = nil) async throws {
    try await AttachmentSweep(store ?? self.store, logger: TestDatabase.logger).run(at: database.clock.now(), database.tenancy)
  }

  /// All parts of the store, as in a day of runs.
  func sweep() async throws {
    for part in 0..<256 {
      let now = database.clock.now().adding(seconds: Int64(part) * AttachmentSweep.everySeconds - 255 * AttachmentSweep.everySeconds)
      try await AttachmentSweep(store, logger: TestDatabase.logger).run(at: now, database.tenancy)
    }
  }

  /// As if more than a day had gone by: what was deleted may go.
  func nextDay() throws {
    database.clock.advance(seconds: Self.day + 60)
    try age(2 * Self.day)
  }

  // MARK: Looking

  func download(_ attachment: Value, as principal: Principal? = nil) async throws -> [UInt8] {
    let told = try await call("attachment.download", ["id": attachment["id"] ?? .null], as: principal)
    return Base64.decode((told["content"]?.text ?? "").utf8) ?? []
  }

  func list(_ incident: Value, deleted: Bool = false, as principal: Principal? = nil) async throws -> [Value] {
    try await call("attachment.list", ["incident": incident, "deleted": .bool(deleted)], as: principal)["items"]?.array ?? []
  }

  func storage(of customer: TenantEntry? = nil) async throws -> Value {
    try await call("attachment_storage.read", ["customer": .id((customer ?? acme).publicId)])
  }

  /// The files in the folder below `part`, without the folders.
  func files(_ part: String = "") -> [String] {
    let root = folder + (part.isEmpty ? "" : "/" + part)
    let all = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return all.filter { name in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: root + "/" + name, isDirectory: &isFolder) && !isFolder.boolValue
    }.sorted()
  }

  func aside(of customer: TenantEntry? = nil) -> [String] { files("\(FolderStore.unclaimed)/\((customer ?? acme).handle)") }
  func incoming() -> [String] { files(FolderStore.incoming) }
  func kept(of customer: TenantEntry? = nil) -> [String] { files("\((customer ?? acme).handle)") }

  /// As if the files had lain there since so many seconds before now.
  func age(_ seconds: Int64) throws {
    let date = Date(timeIntervalSince1970: TimeInterval(database.clock.now().seconds - seconds))
    for file in files() { try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: folder + "/" + file) }
  }

  func rows() async throws -> Int64 {
    try await database.superuser.transaction { try await $0.query(CountAttachments()) }.first ?? -1
  }

  static let day: Int64 = 86_400
}

private struct CountAttachments: Statement {
  static let sql = "select count(*) from attachments.attachment"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
