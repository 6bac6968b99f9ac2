import Jobs
import Kernel
import Operations
import Tenancy

/// Removes bytes that are nobody's: of what was deleted, of what came and was never kept, and of what was kept while the row never
/// came. It may be repeated from any point: who died between the disk and the row finds the row again, and nothing on the disk.
///
/// Whoever removes holds the customer's storage, as does whoever adds: no file goes away while somebody begins to need it.
package struct AttachmentSweep: Sweep {
  package static let kind = "attachments.sweep"
  package static let everySeconds: Int64 = 300

  /// What nobody has claimed by then, nobody will.
  package static let patienceSeconds: Int64 = 86_400

  private static let look: Int64 = 200
  /// Looks in a run: what is left waits for the next one.
  private static let mostLooks = 50
  private static let mostIncoming = 10_000
  /// Files that are looked up at once.
  private static let piece = 1000

  private let store: any FileStore

  package init(_ store: any FileStore) { self.store = store }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    var rest = LeftUndone()
    try await removeDeleted(tenancy, &rest)
    let before = now.adding(seconds: -Self.patienceSeconds)
    do {
      try await store.removeIncoming(before: before, limit: Self.mostIncoming)
    } catch  where !Task.isCancelled {
      rest.add("what was never kept", error)
    }
    // One part of 256 in each run: all of them within a day, however many files there are.
    try await removeUnknown(part: UInt8(truncatingIfNeeded: now.seconds / Self.everySeconds), before: before, tenancy, &rest)
    if !rest.isEmpty { throw rest }
  }

  // MARK: What was deleted

  /// One that cannot be removed holds up no other.
  private func removeDeleted(_ tenancy: Tenancy, _ rest: inout LeftUndone) async throws {
    var last = DeletedAttachments.Found(tenant: TenantId(0), id: 0)
    for _ in 0..<Self.mostLooks {
      let next = DeletedAttachments(after: last, limit: Self.look)
      let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(next) }
      for deleted in found {
        try Task.checkCancellation()
        do {
          try await remove(deleted, tenancy)
        } catch  where !Task.isCancelled {
          rest.add("attachment \(deleted.id) of tenant \(deleted.tenant)", error)
        }
      }
      guard found.count == Int(Self.look), let end = found.last else { return }
      last = end
    }
  }

  private func remove(_ deleted: DeletedAttachments.Found, _ tenancy: Tenancy) async throws {
    let tenant = deleted.tenant
    try await tenancy.transaction(binding: [tenant], side: .staff) { transaction in
      _ = try await transaction.first(HoldStorage(tenant: tenant))
      // Else another worker was faster.
      guard let found = try await transaction.first(ContentToRemove(tenant: tenant, id: deleted.id)) else { return }
      if !found.isNeeded { try await store.remove(found.content.digest, of: found.handle) }
      transaction.enqueue(MarkRemoved(tenant: tenant, id: deleted.id, now: tenancy.clock.now()))
      transaction.enqueue(GiveRoomBack(tenant: tenant, bytes: found.content.bytes))
    }
  }

  // MARK: What was kept for nobody

  private func removeUnknown(part: UInt8, before: Instant, _ tenancy: Tenancy, _ rest: inout LeftUndone) async throws {
    for handle in try await store.tenants() {
      try Task.checkCancellation()
      do {
        try await removeUnknown(of: handle, part: part, before: before, tenancy)
      } catch  where !Task.isCancelled {
        rest.add("files of \(handle)", error)
      }
    }
  }

  private func removeUnknown(of handle: TenantHandle, part: UInt8, before: Instant, _ tenancy: Tenancy) async throws {
    let digests = try await store.contents(of: handle, part: part, before: before)
    // A folder of nobody whom this database knows is another installation's.
    guard !digests.isEmpty, let tenant = try await tenancy.tenant(handle) else { return }
    for start in stride(from: 0, to: digests.count, by: Self.piece) {
      try Task.checkCancellation()
      let some = Array(digests[start..<min(start + Self.piece, digests.count)])
      let unknown = try await tenancy.transaction(binding: [tenant.id], side: .staff, readOnly: true) { transaction in
        Set(some).subtracting(try await transaction.query(KnownContents(tenant: tenant.id, digests: some))).sorted { $0.lexicographicallyPrecedes($1) }
      }
      guard !unknown.isEmpty else { continue }
      try await tenancy.transaction(binding: [tenant.id], side: .staff) { transaction in
        try await transaction.execute(EnsureStorage(tenant: tenant.id))
        _ = try await transaction.first(HoldStorage(tenant: tenant.id))
        // Somebody may have come to need one before the row was held.
        let known = Set(try await transaction.query(KnownContents(tenant: tenant.id, digests: unknown)))
        for digest in unknown where !known.contains(digest) { try await store.remove(digest, of: handle) }
      }
    }
  }
}
