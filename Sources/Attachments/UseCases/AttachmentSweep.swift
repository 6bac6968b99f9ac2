import Jobs
import Kernel
import Logging
import Operations
import Tenancy

/// Removes bytes that are nobody's: of what was deleted, of what came and was never kept, and of what was kept while the row never
/// came. It may be repeated from any point: who died between the disk and the row finds the row again, and nothing on the disk.
///
/// Whoever removes holds the customer's storage, as does whoever adds: no file goes away while somebody begins to need it. Since a
/// lock is lost with its session, each removal also asks that the file has lain there for a day; what is kept anew is new.
///
/// What no row names is no proof that nobody has it: the database may be an older one. It is set aside, and removed a month later.
package struct AttachmentSweep: Sweep {
  package static let kind = "attachments.sweep"
  package static let everySeconds: Int64 = 300

  /// What nobody has claimed by then, nobody will; and what was deleted waits for as long, so that a backup that was begun before
  /// finds it.
  package static let patienceSeconds: Int64 = 86_400
  /// For as long one may go back to where somebody has it.
  package static let asideSeconds: Int64 = 30 * 86_400

  private static let look: Int64 = 200
  /// Looks in a run: what is left waits for the next one.
  private static let mostLooks = 50
  private static let mostIncoming = 10_000
  private static let mostAside = 10_000
  /// Files that are looked up at once.
  private static let piece = 1000
  /// Files that are set aside in one transaction, which adders of the customer wait for.
  private static let asideAtOnce = 20

  private let store: any FileStore
  private let logger: Logger

  package init(_ store: any FileStore, logger: Logger) {
    self.store = store
    self.logger = logger
  }

  /// Files that no row names although they are newer than every row.
  private struct OlderDatabase: Error, CustomStringConvertible {
    let count: Int
    let example: String

    var description: String {
      "\(count) files, such as \(example), are unknown here and newer than every attachment: is this an older or another database? They stay."
    }
  }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    var rest = LeftUndone()
    let before = now.adding(seconds: -Self.patienceSeconds)
    try await removeDeleted(before: before, tenancy, &rest)
    do {
      try await store.removeIncoming(before: before, limit: Self.mostIncoming)
    } catch  where !Task.isCancelled {
      rest.add("what was never kept", error)
    }
    do {
      let count = try await store.removeSetAside(before: now.adding(seconds: -Self.asideSeconds), limit: Self.mostAside)
      if count > 0 { logger.notice("files that nobody claimed are removed", metadata: ["files": "\(count)"]) }
    } catch  where !Task.isCancelled {
      rest.add("what was set aside", error)
    }
    // One part of 256 in each run: all of them within a day, however many there are.
    let look = Look(part: UInt8(truncatingIfNeeded: now.seconds / Self.everySeconds), before: before, now: now)
    try await setUnknownAside(look, tenancy, &rest)
    if !rest.isEmpty { throw rest }
  }

  // MARK: What was deleted

  /// One that cannot be removed holds up no other.
  private func removeDeleted(before: Instant, _ tenancy: Tenancy, _ rest: inout LeftUndone) async throws {
    var last = DeletedAttachments.Found(tenant: TenantId(0), id: 0)
    for _ in 0..<Self.mostLooks {
      let next = DeletedAttachments(after: last, before: before, limit: Self.look)
      let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(next) }
      for deleted in found {
        try Task.checkCancellation()
        do {
          try await remove(deleted, before: before, tenancy)
        } catch  where !Task.isCancelled {
          rest.add("attachment \(deleted.id) of tenant \(deleted.tenant)", error)
        }
      }
      guard found.count == Int(Self.look), let end = found.last else { return }
      last = end
    }
  }

  private func remove(_ deleted: DeletedAttachments.Found, before: Instant, _ tenancy: Tenancy) async throws {
    let tenant = deleted.tenant
    try await tenancy.transaction(binding: [tenant], side: .staff) { transaction in
      _ = try await transaction.first(HoldStorage(tenant: tenant))
      // Else another worker was faster.
      guard let found = try await transaction.first(ContentToRemove(tenant: tenant, id: deleted.id, before: before)) else { return }
      // One that came since is of an attachment that was deleted since, and goes with that.
      if !found.isNeeded { try await store.remove(found.content.digest, of: found.handle, before: before) }
      // The bytes are gone, and the row does not say so yet.
      FaultPoint.sweepStep.reach()
      transaction.enqueue(MarkRemoved(tenant: tenant, id: deleted.id, now: tenancy.clock.now()))
      transaction.enqueue(GiveRoomBack(tenant: tenant, bytes: found.content.bytes))
    }
  }

  // MARK: What was kept for nobody

  private struct Look {
    let part: UInt8
    let before: Instant
    let now: Instant
  }

  private func setUnknownAside(_ look: Look, _ tenancy: Tenancy, _ rest: inout LeftUndone) async throws {
    let newest = try await AttachmentsInUse.newest(tenancy)
    for handle in try await store.tenants() {
      try Task.checkCancellation()
      do {
        try await setUnknownAside(of: handle, look, newest: newest, tenancy)
      } catch  where !Task.isCancelled {
        rest.add("files of \(handle)", error)
      }
    }
  }

  private func setUnknownAside(of handle: TenantHandle, _ look: Look, newest: Instant?, _ tenancy: Tenancy) async throws {
    let digests = try await store.contents(of: handle, part: look.part, before: look.before)
    // A folder of nobody whom this database knows is another installation's.
    guard !digests.isEmpty, let tenant = try await tenancy.tenant(handle) else { return }
    var newer: [[UInt8]] = []
    for start in stride(from: 0, to: digests.count, by: Self.piece) {
      try Task.checkCancellation()
      let some = Array(digests[start..<min(start + Self.piece, digests.count)])
      let known = try await tenancy.transaction(binding: [tenant.id], side: .staff, readOnly: true) { transaction in
        Set(try await transaction.query(KnownContents(tenant: tenant.id, digests: some)))
      }
      let unknown = some.filter { !known.contains($0) }.sorted { $0.lexicographicallyPrecedes($1) }
      for first in stride(from: 0, to: unknown.count, by: Self.asideAtOnce) {
        let few = Array(unknown[first..<min(first + Self.asideAtOnce, unknown.count)])
        newer += try await setAside(few, of: tenant, handle, look, newest: newest, tenancy)
      }
    }
    if let one = newer.first { throw OlderDatabase(count: newer.count, example: Hexadecimal.text(one)) }
  }

  /// - Returns: those that stay, for they are newer than every attachment that there is.
  private func setAside(
    _ unknown: [[UInt8]], of tenant: TenantEntry, _ handle: TenantHandle, _ look: Look, newest: Instant?, _ tenancy: Tenancy
  ) async throws -> [[UInt8]] {
    try Task.checkCancellation()
    return try await tenancy.transaction(binding: [tenant.id], side: .staff) { transaction in
      try await transaction.execute(EnsureStorage(tenant: tenant.id))
      _ = try await transaction.first(HoldStorage(tenant: tenant.id))
      // Somebody may have come to need one before the row was held.
      let known = Set(try await transaction.query(KnownContents(tenant: tenant.id, digests: unknown)))
      var stay: [[UInt8]] = []
      for digest in unknown where !known.contains(digest) {
        guard let newest, try await store.setAside(digest, of: handle, before: min(look.before, newest), now: look.now) else {
          stay.append(digest)
          continue
        }
        logger.notice("a file that no attachment has is set aside", metadata: ["tenant": "\(handle)", "file": "\(Hexadecimal.text(digest))"])
      }
      return stay
    }
  }
}
