/// An internal row id (`bigint`), typed by what it identifies so that a ticket's id cannot be passed for a contract's.
/// It never leaves the process: outside, a row is named by its ``PublicId``.
package struct Id<Entity>: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let rawValue: Int64

  package init(_ rawValue: Int64) {
    self.rawValue = rawValue
  }

  package var description: String { String(rawValue) }

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The tag of tenant ids. The provider is a tenant too.
package enum Tenant {}

package typealias TenantId = Id<Tenant>
