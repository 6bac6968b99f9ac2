import Kernel
import Operations
import Postgres

/// Releases that the staff are told of. For one that nobody has taken who stands in the rule of changes answers, else who opened it.
struct ReleasesToTell: Statement {
  let provider: TenantId
  let ids: [Int64]

  static let sql = """
    select r.release_id, r.public_id, r.number, r.title, r.state, r.reason,
      coalesce(r.owner_id, (select h.owner_id from handbooks.pub_accountable h where h.process = 'change'), r.opener_id), r.opener_id, r.concerned_ids
    from changes.pub_told_release r where r.tenant_id = $1 and r.release_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> ToldRelease {
    let (id, publicId, number): (Int64, [UInt8], Int64) = (try row.next(), try row.next(), try row.next())
    let (title, state, reason): (String, String, String?) = (try row.next(), try row.next(), try row.next())
    let (owner, opener): (Int64?, Int64?) = (try row.next(), try row.next())
    let concerned: [Int64] = try row.next()
    return ToldRelease(
      id: id, publicId: publicId, number: number, title: title, state: state, reason: reason, owner: owner, opener: opener,
      concerned: concerned.map { TenantId($0) })
  }
}
