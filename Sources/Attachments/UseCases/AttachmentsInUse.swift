import Kernel
import Tenancy

/// Whether there is any attachment at all: then their folder cannot be an empty one.
package enum AttachmentsInUse {
  package static func look(_ tenancy: Tenancy) async throws -> Bool {
    try await newest(tenancy) != nil
  }

  /// When the newest one of all customers came.
  static func newest(_ tenancy: Tenancy) async throws -> Instant? {
    let row = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.first(NewestAttachment()) }
    guard let row else { return nil }
    return row
  }
}
