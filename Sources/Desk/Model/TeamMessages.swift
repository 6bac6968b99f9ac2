import Kernel

/// Who is a member of a team.
enum TeamMessages: MessageCatalog {
  static let mayNotWork = Message(
    "team.may_not_work", "They may not work on tickets: a member of a team is an active member of the staff with the permission {permission}.",
    zh: "对方无权处理工单：团队成员须为在职的服务商人员，并拥有权限 {permission}。")
  static let memberAlready = Message("team.member_already", "They are a member of this team already.", zh: "对方已是该团队成员。")
  static let noMember = Message("team.no_member", "They are no member of this team.", zh: "对方不是该团队成员。")

  static let all = [mayNotWork, memberAlready, noMember]
}
