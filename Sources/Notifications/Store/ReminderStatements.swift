import Kernel
import Knowledge
import Operations
import Postgres

/// Published articles that are to be looked through, by who began them.
struct ArticleReviewsToTell: Statement {
  let ids: [Int64]

  static let sql = """
    select a.article_id, a.public_id, a.review_due_on, a.number, a.title, a.author_id, a.only_tenant_id
    from knowledge.pub_article_review a where a.article_id = any ($1)
    """

  func bind(to parameters: inout Parameters) { parameters.append(ids) }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, matter: AccountMatter) {
    let (id, publicId, dueOn): (Int64, [UInt8], CalendarDate) = (try row.next(), try row.next(), try row.next())
    let (number, title): (Int64, LocalText) = (try row.next(), LocalText(try row.next() as Value))
    let thing = ToldReminder.Thing.article(number: ArticleNumber.text(number), title: title)
    let told = ToldReminder(
      thing: thing, publicId: publicId, dueOn: dueOn, owner: try row.next(), person: nil, about: try row.next())
    return (id, .reminder(told))
  }
}

/// Access reviews that go on, by who is to look; of the provider's own it is one of the staff. Who has left, or may not sign in any more, is nobody.
struct AccessReviewsToTell: Statement {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select w.review_id, w.public_id, w.due_on, w.resource, \(Persons.staff), \(Persons.present)
    from requests.pub_access_review w left join tenancy.person p on p.tenant_id = w.tenant_id and p.id = w.reviewer_id
    where w.tenant_id = $1 and w.review_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, matter: AccountMatter) {
    let (id, publicId, dueOn): (Int64, [UInt8], CalendarDate) = (try row.next(), try row.next(), try row.next())
    let thing = ToldReminder.Thing.accessReview(resource: try row.next())
    let (owner, person): (Int64?, Int64?) = (try row.next(), try row.next())
    let told = ToldReminder(
      thing: thing, publicId: publicId, dueOn: dueOn, owner: owner, person: owner == nil ? person : nil, about: nil)
    return (id, .reminder(told))
  }
}

/// Of a person `p` who is to see to something.
private enum Persons {
  /// The account of one of the staff.
  static let staff = """
    (select a.id from tenancy.account a where a.tenant_id = p.tenant_id and a.person_id = p.id and a.kind = 'staff' and a.state = 'active'
     order by a.id limit 1)
    """
  /// The person, who can be told.
  static let present = """
    case when p.left_at is null and coalesce(
      (select bool_or(a.state = 'active') from tenancy.account a where a.tenant_id = p.tenant_id and a.person_id = p.id), true) then p.id end
    """
}
