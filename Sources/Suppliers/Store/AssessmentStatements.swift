import Kernel
import Postgres

struct InsertAssessment: Statement {
  let tenant: TenantId
  let appraisal: Int64
  /// The appraisal's version after it.
  let seq: Int64
  let assessment: Assessment
  let actor: Actor

  static let sql = """
    insert into suppliers.appraisal_assessment
      (tenant_id, appraisal_id, seq, criterion, score_millionths, not_applicable, evidence, actor_kind, actor_id, actor_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(appraisal)
    parameters.append(seq)
    parameters.append(assessment.criterion)
    parameters.append(assessment.score?.units)
    parameters.append(assessment.isNotApplicable)
    parameters.append(assessment.evidence)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(assessment.actorName)
    parameters.append(assessment.at)
  }
}

/// A restatement begins with what was said of the appraisal whose place it takes.
struct CopyAssessments: Statement {
  let tenant: TenantId
  let from: Int64
  let to: Int64

  static let sql = """
    insert into suppliers.appraisal_assessment
      (tenant_id, appraisal_id, seq, criterion, score_millionths, not_applicable, evidence, actor_kind, actor_id, actor_name, recorded_at)
    select t.tenant_id, $3, 1, t.criterion, t.score_millionths, t.not_applicable, t.evidence, t.actor_kind, t.actor_id, t.actor_name, t.recorded_at
    from suppliers.appraisal_assessment t
    where t.tenant_id = $1 and t.appraisal_id = $2
      and t.seq = (select max(n.seq) from suppliers.appraisal_assessment n where n.tenant_id = $1 and n.appraisal_id = $2 and n.criterion = t.criterion)
    returning seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(from)
    parameters.append(to)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct AssessmentsOfAppraisal: Statement {
  let tenant: TenantId
  let appraisal: Int64

  static let sql = """
    select criterion, score_millionths, not_applicable, evidence, actor_name, recorded_at from suppliers.appraisal_assessment
    where tenant_id = $1 and appraisal_id = $2 order by seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(appraisal)
  }

  static func decode(_ row: inout RowReader) throws -> Assessment {
    let criterion: String = try row.next()
    let units: Int64? = try row.next()
    return Assessment(
      criterion: criterion, score: units.map(Rate.init(units:)), isNotApplicable: try row.next(), evidence: try row.next(), actorName: try row.next(),
      at: try row.next())
  }
}
