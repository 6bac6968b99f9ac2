import Kernel
import Postgres

/// The team that works on a problem or a change, which are the provider's own.
package struct WorkingTeam: Sendable, Equatable {
  package let id: Int64
  package let publicId: [UInt8]
  package let name: String
}

extension WorkingTeam {
  /// Its id, its public id and its name; nil where there is none.
  package init?(_ row: inout RowReader) throws {
    let (id, publicId, name): (Int64?, [UInt8]?, String?) = (try row.next(), try row.next(), try row.next())
    guard let id, let publicId, let name else { return nil }
    self.init(id: id, publicId: publicId, name: name)
  }
}

/// A team that a body gives something to.
struct TeamToWork: Statement {
  let publicId: PublicId

  static let sql = "select id, public_id, name from desk.team where public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> WorkingTeam {
    WorkingTeam(id: try row.next(), publicId: try row.next(), name: try row.next())
  }
}
