import Kernel

/// Texts about customers, accounts and rights.
package enum AccountMessages: MessageCatalog {
  package static let wrongPassword = Message(
    "login.failed", "The organisation, the login name or the password is wrong, or the account is disabled.", zh: "组织、登录名或密码错误，或账户已停用。")
  package static let badSetupToken = Message(
    "setup.bad_token", "This set-up token is not valid. `steward token setup` on the host prints a new one.",
    zh: "初始化令牌无效。可在主机上运行 `steward token setup` 获取新令牌。")
  package static let alreadySetUp = Message(
    "setup.done", "There is an administrator already; this token is of no use any more.", zh: "已存在管理员，此令牌不再可用。")
  package static let badCode = Message(
    "customer.bad_code", "A code has 2 to 16 capital letters and digits and begins with a letter.", zh: "代码须为 2 到 16 个大写字母或数字，并以字母开头。")
  package static let codeTaken = Message("customer.code_taken", "Another customer has this code.", zh: "该代码已被其他客户使用。")
  package static let unknownZone = Message(
    "zone.unknown", "This is not a time zone of the IANA database, such as Europe/Berlin.", zh: "不是有效的 IANA 时区，例如 Asia/Shanghai。")
  package static let loginTaken = Message("account.login_taken", "This organisation has an account with this login.", zh: "该组织已有使用此登录名的账户。")
  package static let personEmailTaken = Message(
    "person.email_taken", "This customer has a person with this e-mail address. Who has left keeps it: person.list with withLeft shows him.",
    zh: "该客户已有使用此电子邮件的人员。已离开的人员仍保留其地址：用 person.list（withLeft）可查到。")
  package static let personHasLogin = Message(
    "person.has_login", "The login of {login} can still be used: disable it first.", zh: "{login} 的登录账户仍可使用，请先停用。")
  package static let personLeft = Message(
    "person.left", "This person has left. Whoever is there again is recorded so first: person.change with left=false.",
    zh: "该人员已离开。如已返回，请先用 person.change（left=false）登记。")
  package static let unitNameTaken = Message("unit.name_taken", "There is a unit with this name in the same place.", zh: "同一层级下已有同名单位。")
  package static let wrongSide = Message(
    "grant.wrong_side", "The role {role} is not for this kind of account.", zh: "角色 {role} 不适用于此类账户。")
  package static let unknownRole = Message("grant.unknown_role", "There is no role {role}. See role.list.", zh: "没有角色 {role}。参见 role.list。")
  package static let beyondOwn = Message(
    "grant.beyond_own", "You cannot grant more than you hold yourself, for as much and for as long: {permission}.", zh: "您不能授予超出自身范围或期限的权限：{permission}。")
  package static let needsCustomers = Message(
    "grant.needs_customers", "Say for which customers, or set `everyCustomer` to true; not both.", zh: "请指明客户，或将 everyCustomer 设为 true，二者只能选一。")
  package static let needsUnit = Message("grant.needs_unit", "The scope `unit` needs a unit, the others take none.", zh: "范围 unit 需要指定单位，其他范围不需要。")
  package static let needsPerson = Message(
    "grant.needs_person", "The scope `own` needs an account that belongs to a person.", zh: "范围 own 要求账户关联到人员。")
  package static let lastAdministrator = Message(
    "grant.last_administrator", "This is the last administrator; make another one first.", zh: "这是最后一位管理员，请先设置另一位。")
  package static let ownPerson = Message("staff.own_person", "Somebody else says whose your account is.", zh: "本人账户的所属人员须由他人登记。")
  package static let badExpiry = Message("expiry.past", "This must lie in the future, at most {days} days ahead.", zh: "必须是未来时间，且不超过 {days} 天。")
  package static let unknownPermission = Message("token.unknown_permission", "You do not hold the permission {permission}.", zh: "您没有权限 {permission}。")
  package static let pastExpiry = Message("expiry.not_future", "This must lie in the future.", zh: "必须是未来时间。")
  package static let badLogin = Message(
    "account.bad_login", "A login name has at least 3 characters and neither spaces nor invisible ones.", zh: "登录名至少 3 个字符，且不含空格或不可见字符。")
  package static let noLogin = Message("account.no_login", "A service account has no password; make it a token.", zh: "服务账户没有密码，请为其创建令牌。")
  package static let noAccount = Message("token.no_account", "You act without an account; say for which service account.", zh: "您没有账户，请指明服务账户。")
  package static let onlyService = Message(
    "token.only_service", "For others one can make tokens only of service accounts.", zh: "只能为服务账户代为创建令牌。")
  package static let oneAccount = Message("token.one_account", "Name one account, not two.", zh: "只能指定一个账户。")
  package static let wrongCurrent = Message("password.wrong_current", "This is not the present password.", zh: "当前密码不正确。")
  package static let weakPassword = Message("password.same", "The new password is the old one.", zh: "新密码与旧密码相同。")

  package static let badFingerprint = Message(
    "certificate.bad_fingerprint", "A SHA-256 fingerprint has 64 hexadecimal digits, with a colon after every second one or without.",
    zh: "SHA-256 指纹须为 64 位十六进制数字，可每两位以冒号分隔。")
  package static let certificateTaken = Message(
    "certificate.taken", "This certificate is registered in this organisation, or was. Use a new one.", zh: "该证书已在或曾在该组织登记，请使用新的证书。")

  package static let all = [
    wrongPassword, badSetupToken, alreadySetUp, badCode, codeTaken, unknownZone, loginTaken, personEmailTaken, personHasLogin, personLeft,
    unitNameTaken, wrongSide, unknownRole,
    beyondOwn, needsCustomers, needsUnit, needsPerson, lastAdministrator, ownPerson, badExpiry, unknownPermission, weakPassword, pastExpiry,
    badLogin, noLogin, noAccount, onlyService, oneAccount, wrongCurrent, badFingerprint, certificateTaken,
  ]
}
