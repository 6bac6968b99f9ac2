import Kernel

/// A CI that a ticket names, and what the CMDB says of it.
struct NamedCi: Sendable {
  /// What tells one from another: a customer's, or one that the provider shares.
  struct Key: Hashable, Sendable {
    let isShared: Bool
    /// The random bits of its public id.
    let publicId: [UInt8]
  }

  /// What the CMDB says of it.
  struct Facts: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let name: String
    let typeCode: String
    let state: String
    let tier: String?
    /// Of the tier: 1 the most critical.
    let rank: Int64?
    /// The contract line that covers it on the day of the ticket; of a shared one none, for its lines are none of the customer's.
    let line: Int64?

    /// What is out of its life is named by no ticket anew.
    var isLive: Bool { state != "retired" && state != "disposed" }
  }

  let key: Key
  let facts: Facts
  /// The row of ``TicketCiRow``; nil while there is none.
  let row: Int64?
  /// What its contract line sells.
  var service: Ticket.Service?
  var isPrimary = false
  /// Whether the ticket has its tier, and its service, from it.
  var gaveTier = false
  var gaveService = false

  /// What of its row can change.
  var marks: [Bool] { [isPrimary, gaveTier, gaveService] }

  init(_ facts: Facts, isShared: Bool, row: Int64? = nil) {
    key = Key(isShared: isShared, publicId: facts.publicId)
    self.facts = facts
    self.row = row
  }
}
