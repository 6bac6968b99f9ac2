import Kernel
import Operations
import Postgres

/// Major incidents that the staff are told of.
struct MajorsToTell: Statement {
  let provider: TenantId
  let ids: [Int64]

  static let sql = """
    select m.major_id, m.public_id, m.number, m.title, m.state, m.mitigation, m.resolution, m.review, m.owner_id, m.declarer_id, m.concerned_ids
    from major_incidents.pub_told_major_incident m where m.tenant_id = $1 and m.major_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> ToldMajor {
    let (id, publicId, number): (Int64, [UInt8], Int64) = (try row.next(), try row.next(), try row.next())
    let (title, state): (String, String) = (try row.next(), try row.next())
    let (mitigation, resolution, review): (String?, String?, String?) = (try row.next(), try row.next(), try row.next())
    let (lead, declarer): (Int64?, Int64?) = (try row.next(), try row.next())
    let concerned: [Int64] = try row.next()
    return ToldMajor(
      id: id, publicId: publicId, number: number, title: title, state: state, mitigation: mitigation, resolution: resolution, review: review, lead: lead,
      declarer: declarer, concerned: concerned.map { TenantId($0) })
  }
}

/// What was written in the logs of major incidents.
struct MajorEntriesToTell: Statement {
  let provider: TenantId
  let publicIds: [[UInt8]]

  static let sql = "select e.public_id, left(e.body, 2000) from major_incidents.pub_entry e where e.tenant_id = $1 and e.public_id = any ($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicIds)
  }

  static func decode(_ row: inout RowReader) throws -> (publicId: [UInt8], body: String) { (try row.next(), try row.next()) }
}

/// Offers to hand major incidents over, with what each is about.
struct MajorOffersToTell: RowsToTell {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select m.major_id, m.public_id, m.number, m.title, null::jsonb, m.concerned_ids, null::bigint, \(ToldOffer.columns)
    from desk.pub_told_offer o join major_incidents.pub_told_major_incident m on m.tenant_id = o.tenant_id and m.major_id = o.subject_id
    where o.tenant_id = $1 and o.subject_kind = 'major_incident' and o.subject_id = any ($2)
    """

  static func decode(_ row: inout RowReader) throws -> ToldOffer { try ToldOffer(.majorIncident, &row) }
}

/// Major incidents that another one leads, with what each is about.
struct MajorLeadsToTell: RowsToTell {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select m.major_id, m.public_id, m.number, m.title, null::jsonb, m.concerned_ids, null::bigint, m.lead_id,
      (select h.owner_id from handbooks.pub_accountable h where h.process = 'incident')
    from major_incidents.pub_told_major_incident m where m.tenant_id = $1 and m.major_id = any ($2)
    """

  static func decode(_ row: inout RowReader) throws -> ToldOwner { try ToldOwner(.majorIncident, &row) }
}
