import Postgres

/// Who of the staff answers for what nobody has taken: of each process one, whom the provider's rule names. So what is open is never nobody's.
package struct Accountable: Sendable, Equatable {
  /// By what somebody answers for something.
  package enum Rule: String, Sendable {
    /// He took it, or accepted it.
    case person
    /// He stands in the handbook of its process.
    case handbook
    /// Nothing says otherwise: the provider names him, or he is the administrator who has been there longest.
    case standard = "default"
  }

  /// His account, in the provider's tenant.
  package let id: Int64
  package let publicId: [UInt8]
  package let name: String
  package let rule: Rule

  package init(id: Int64, publicId: [UInt8], name: String, rule: Rule) {
    self.id = id
    self.publicId = publicId
    self.name = name
    self.rule = rule
  }

  /// Four columns of `handbooks.pub_accountable`, in this order: owner_id, owner_public_id, owner_name, rule. Nil where they are null: nobody is there
  /// yet, or the reader is no member of the staff.
  package init?(_ row: inout RowReader) throws {
    let (id, publicId): (Int64?, [UInt8]?) = (try row.next(), try row.next())
    let (name, rule): (String?, String?) = (try row.next(), try row.next())
    guard let id, let publicId, let name, let rule = rule.flatMap(Rule.init(rawValue:)) else { return nil }
    self.init(id: id, publicId: publicId, name: name, rule: rule)
  }
}
