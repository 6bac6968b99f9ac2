import Kernel

/// Who the people of a handbook are now.
struct StaffBook: Sendable {
  struct Entry: Sendable {
    let publicId: [UInt8]
    let name: String
    /// Whether the account may still log in: somebody who left may not.
    let isActive: Bool
  }

  private let byId: [[UInt8]: Entry]

  init(_ entries: [Entry]) { byId = Dictionary(entries.map { ($0.publicId, $0) }) { first, _ in first } }

  func knows(_ person: PublicId) -> Bool { byId[person.random] != nil }
  func isActive(_ person: PublicId) -> Bool { byId[person.random]?.isActive ?? false }
  func name(_ person: PublicId) -> String { byId[person.random]?.name ?? person.description }
}
